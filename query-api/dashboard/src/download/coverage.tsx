import type { Schemas } from "../api/questions";
import { Figure } from "../parts/figure";
import { Empty } from "../parts/states";
import { bytes, count, counted } from "../show/numbers";
import { delivered, gaps, lengthOf, type Range, united } from "../show/ranges";

type Detail = Schemas["DownloadDetail"];

const WIDTH = 1000;
const WHOLE = 36;
const LANE = 7;
/** More responses than can be told apart share the lanes that there are. */
const LANES_MAX = 40;

interface Drawn {
  size: number;
  /** What each response delivered. */
  sent: (Range | null)[];
  /** What arrived whole, joined, and what of the file is missing; null where responses do not add up to what arrived. */
  whole: Range[] | null;
  missing: Range[];
}

/**
 * What a download's responses say of its file. Those of another version of it, or of another medium, do not count in
 * `delivered_bytes` (clauses 37 and 40), and the history does not tell them apart: then nothing is said of gaps.
 */
export function drawn({ file, history, transfer }: Pick<Detail, "file" | "history" | "transfer">): Drawn | null {
  const size = file?.size_bytes;
  if (!size) return null;
  const sent = history.map((response) => delivered(response, size));
  const ranges = sent.filter((range) => range !== null);
  if (lengthOf(ranges) !== transfer.delivered_bytes) return { size, sent, whole: null, missing: [] };
  return { size, sent, whole: united(ranges), missing: gaps(ranges, size) };
}

/** How the drawing is read. */
export function howToRead(download: Detail | undefined): string {
  if (download && drawn(download)?.whole === null) {
    return "Each line is one response with the bytes it sent, from the first byte of the file to its last.";
  }
  return "The bar is the whole file. Each line below is one response with the bytes it sent; what they leave out is hatched.";
}

/** Which bytes of a file arrived, drawn over its length. */
export function Coverage({ download }: { download: Detail }) {
  const found = drawn(download);
  if (!found) return <Empty title="The size of the file is not known." />;
  const { size, whole, missing } = found;
  return (
    <figure class="coverage">
      <Drawing drawn={found} />
      <div class="scale" aria-hidden="true">
        <span>0</span>
        <span>{bytes(size / 2)}</span>
        <span>{bytes(size)}</span>
      </div>
      <figcaption>
        <Figure field="download/data/transfer/delivered_bytes">{count(download.transfer.delivered_bytes)}</Figure> of{" "}
        <Figure field="download/data/file/size_bytes">{count(size)}</Figure> bytes
        {whole
          ? gapsIn(missing)
          : ". Some responses were of another version of the file, or of another file, and do not count."}
      </figcaption>
    </figure>
  );
}

function gapsIn(missing: readonly Range[]): string {
  if (missing.length === 0) return ", without a gap.";
  const more = missing.length > 4 ? ", …" : "";
  return `; ${counted(missing.length, "gap")}: ${missing.slice(0, 4).map(spoken).join(", ")}${more}.`;
}

const spoken = ({ first, last }: Range) => `${count(first)}–${count(last)}`;

function Drawing({ drawn: { size, sent, whole, missing } }: { drawn: Drawn }) {
  const lanes = Math.min(sent.length, LANES_MAX);
  // Without a whole the lines stand alone.
  const top = whole ? WHOLE + 8 : 0;
  const height = top + lanes * LANE;
  const x = (at: number) => (at / size) * WIDTH;
  // A range of a few bytes is still seen.
  const width = ({ first, last }: Range) => Math.max(1.5, x(last + 1) - x(first));
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${height}`}
      height={height}
      preserveAspectRatio="none"
      role="img"
      aria-label={whole ? "Bytes of the file that arrived" : "Bytes that each response sent"}
    >
      <defs>
        <pattern id="missing" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="hatch" width="2.5" height="8" />
        </pattern>
      </defs>
      {whole && <rect class="frame" x="0.5" y="0.5" width={WIDTH - 1} height={WHOLE - 1} />}
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
      {whole?.map((range) => (
        <rect key={range.first} class="have" x={x(range.first)} y="0" width={width(range)} height={WHOLE} />
      ))}
      {sent.map(
        (range, index) =>
          range && (
            <rect
              key={index}
              class="lane"
              x={x(range.first)}
              y={top + (index % LANES_MAX) * LANE}
              width={width(range)}
              height={LANE - 2}
            />
          ),
      )}
    </svg>
  );
}
