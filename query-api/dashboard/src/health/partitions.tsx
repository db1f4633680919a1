import type { Schemas } from "../api/questions";
import { Bar } from "../parts/bar";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";
import { count } from "../show/numbers";

type Partition = Schemas["FreshnessPartition"];

const PLACE = "freshness/partitions";

/** How much of what the log holds is in the figures. */
function folded({ first_offset: first, next_offset: next, end_offset: end }: Partition): number {
  return end <= first ? 1 : (next - first) / (end - first);
}

const COLUMNS: Column<Partition>[] = [
  {
    name: "Partition",
    isHead: true,
    cell: (row) => (
      <>
        {row.topic} <small>{row.partition}</small>
      </>
    ),
  },
  {
    name: "In the figures",
    field: `${PLACE}/next_offset`,
    cell: (row) => (
      <span class="measure is-wide">
        <Bar part={folded(row)} tone={row.lag_records === 0 ? "good" : "warn"} />
        <span>{`${count(row.next_offset)} of ${count(row.end_offset)}`}</span>
      </span>
    ),
  },
  { name: "Waiting", field: `${PLACE}/lag_records`, isNumber: true, cell: (row) => count(row.lag_records) },
  { name: "Since", cell: (row) => <Ago at={row.waiting_since} /> },
  {
    name: "A second",
    field: `${PLACE}/records_per_second`,
    isNumber: true,
    cell: (row) => count(Math.round(row.records_per_second)),
  },
  {
    name: "Unaccounted",
    field: `${PLACE}/unaccounted_offsets`,
    isNumber: true,
    cell: (row) => count(row.unaccounted_offsets),
  },
];

/** The partitions of the log; those without a record are told by their number alone. */
export function Partitions({ rows }: { rows: readonly Partition[] }) {
  const used = rows.filter((row) => row.end_offset > 0);
  const unused = rows.length - used.length;
  return (
    <>
      <Table caption="Partitions" columns={COLUMNS} rows={used} rowKey={(row) => `${row.topic} ${row.partition}`} />
      {unused > 0 && <p class="hint">{count(unused)} more partitions hold no record.</p>}
    </>
  );
}
