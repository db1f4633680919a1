import type { Schemas } from "../api/questions";
import { Bar } from "../parts/bar";
import { Person } from "../parts/person";
import { Status, toneOf } from "../parts/status";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";
import { Link } from "../route/link";
import { to } from "../route/route";
import { bytes, media, speed } from "../show/numbers";
import { word } from "../show/words";

type Action = Schemas["Action"];

/** How much of a download's file arrived; null while the size is unknown. */
export function partOf({ transfer, file }: Pick<Action, "transfer" | "file">): number | null {
  const size = file?.size_bytes;
  return size ? transfer.delivered_bytes / size : null;
}

/** What was asked for, in words. */
export function contentOf({ type, items }: Pick<Action, "type" | "items">): string {
  return type === "archive" ? `Archive of ${media(items)}` : word(type);
}

/** Download actions, each with how far it came. */
export function DownloadTable({ rows, collection }: { rows: readonly Action[]; collection: string }) {
  return <Table caption="Downloads" columns={columnsIn(collection)} rows={rows} rowKey={(row) => row.id} />;
}

function columnsIn(collection: string): Column<Action>[] {
  return [
    {
      name: "What",
      isHead: true,
      cell: (row) => (
        <>
          <Link to={to.download(row.id)}>{contentOf(row)}</Link> <small>{word(row.file?.rendition)}</small>
        </>
      ),
    },
    { name: "Who", cell: (row) => <Person client={row.client} collection={collection} /> },
    { name: "When", cell: (row) => <Ago at={row.requested_at} /> },
    { name: "Outcome", field: "downloads/summary/by_status", cell: (row) => <Status of={row.status} /> },
    { name: "Arrived", field: "downloads/data/transfer/delivered_bytes", cell: (row) => <Arrived row={row} /> },
    {
      name: "Speed",
      field: "downloads/data/transfer/avg_bits_per_second",
      isNumber: true,
      cell: (row) => speed(row.transfer.avg_bits_per_second),
    },
  ];
}

function Arrived({ row }: { row: Action }) {
  const part = partOf(row);
  return (
    <span class="measure is-wide">
      <Bar part={part ?? 0} tone={toneOf(row.status)} />
      <span>
        {row.status === "completed"
          ? bytes(row.transfer.delivered_bytes)
          : `${bytes(row.transfer.delivered_bytes)} of ${bytes(row.file?.size_bytes)}`}
      </span>
    </span>
  );
}
