import type { Schemas } from "../api/questions";
import { Figure } from "../parts/figure";
import { Empty } from "../parts/states";
import { bytes, count, counted } from "../show/numbers";
import { delivered, gaps, lengthOf, type Range, united } from "../show/ranges";

const WIDTH = 1000;
const WHOLE = 36;
const LANE = 7;
/** More responses than can be told apart share the lanes that there are. */
const LANES_MAX = 40;

/** Which bytes of a file arrived, drawn over its length. */
export function Coverage({ download }: { download: Schemas["DownloadDetail"] }) {
  const size = download.file?.size_bytes;
  if (!size) return <Empty title="The size of the file is not known." />;
  const sent = download.history.map((response) => delivered(response, size));
  const ranges = sent.filter((range) => range !== null);
  const missing = gaps(ranges, size);
  const shown = download.transfer.delivered_bytes;
  return (
    <figure class="coverage">
      <Drawing sent={sent} size={size} missing={missing} />
      <div class="scale" aria-hidden="true">
        <span>0</span>
        <span>{bytes(size / 2)}</span>
        <span>{bytes(size)}</span>
      </div>
      <figcaption>
        <Figure field="download/data/transfer/delivered_bytes">{count(shown)}</Figure> of{" "}
        <Figure field="download/data/file/size_bytes">{count(size)}</Figure> bytes
        {missing.length === 0
          ? ", without a gap."
          : `; ${counted(missing.length, "gap")}: ${missing.slice(0, 4).map(spoken).join(", ")}${missing.length > 4 ? ", …" : ""}.`}
        {lengthOf(ranges) !== shown && " The file changed between responses: only those of one version are united."}
      </figcaption>
    </figure>
  );
}

const spoken = ({ first, last }: Range) => `${count(first)}–${count(last)}`;

interface DrawingProps {
  sent: readonly (Range | null)[];
  size: number;
  missing: readonly Range[];
}

function Drawing({ sent, size, missing }: DrawingProps) {
  const lanes = Math.min(sent.length, LANES_MAX);
  const height = WHOLE + 8 + lanes * LANE;
  const x = (at: number) => (at / size) * WIDTH;
  // A range of a few bytes is still seen.
  const width = ({ first, last }: Range) => Math.max(1.5, x(last + 1) - x(first));
  const whole = united(sent.filter((range) => range !== null));
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${height}`}
      height={height}
      preserveAspectRatio="none"
      role="img"
      aria-label="Bytes of the file that arrived"
    >
      <defs>
        <pattern id="missing" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="hatch" width="2.5" height="8" />
        </pattern>
      </defs>
      <rect class="frame" x="0.5" y="0.5" width={WIDTH - 1} height={WHOLE - 1} />
      {missing.map((range) => (
        <rect
          key={range.first}
          class="gap"
          x={x(range.first)}
          y="1"
          width={width(range)}
          height={WHOLE - 2}
          fill="url(#missing)"
        />
      ))}
      {whole.map((range) => (
        <rect key={range.first} class="have" x={x(range.first)} y="0" width={width(range)} height={WHOLE} />
      ))}
      {sent.map(
        (range, index) =>
          range && (
            <rect
              key={index}
              class="lane"
              x={x(range.first)}
              y={WHOLE + 8 + (index % LANES_MAX) * LANE}
              width={width(range)}
              height={LANE - 2}
            />
          ),
      )}
    </svg>
  );
}
