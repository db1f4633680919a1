import type { Schemas } from "../api/questions";
import { Empty } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { bytes, count, NONE } from "../show/numbers";
import { exact, stamp } from "../show/times";
import { word } from "../show/words";

type Segment = Schemas["Segment"];
type Numbered = Segment & { number: number };

const PLACE = "download/data/history";
const FIRST = 12;

const COLUMNS: Column<Numbered>[] = [
  { name: "No.", isNumber: true, cell: (row) => row.number },
  {
    name: "Ended",
    isHead: true,
    cell: ({ at }) =>
      at ? (
        <time dateTime={at} title={exact(at)}>
          {stamp(at)}
        </time>
      ) : (
        NONE
      ),
  },
  { name: "HTTP", field: `${PLACE}/http_status`, cell: (row) => row.http_status },
  { name: "From byte", field: `${PLACE}/range_start`, isNumber: true, cell: (row) => count(row.range_start) },
  { name: "To byte", field: `${PLACE}/range_end`, isNumber: true, cell: (row) => count(row.range_end) },
  { name: "Sent", field: `${PLACE}/body_bytes`, isNumber: true, cell: (row) => bytes(row.body_bytes) },
  { name: "How it ended", cell: (row) => word(row.end_reason) },
];

/** The responses of a download, one by one. */
export function Responses({ history }: { history: readonly Segment[] }) {
  if (history.length === 0) return <Empty title="No response was sent yet." />;
  const rows = history.map((segment, index) => ({ ...segment, number: index + 1 }));
  const rest = rows.slice(FIRST);
  return (
    <>
      <Table caption="Responses" columns={COLUMNS} rows={rows.slice(0, FIRST)} rowKey={(row) => String(row.number)} />
      {rest.length > 0 && (
        <details>
          <summary>{count(rest.length)} more</summary>
          <Table caption="More responses" columns={COLUMNS} rows={rest} rowKey={(row) => String(row.number)} />
        </details>
      )}
    </>
  );
}
