import type { Schemas } from "../api/questions";
import { Empty } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Ago } from "../parts/time";
import { count } from "../show/numbers";

type Run = Schemas["FreshnessEdge"];

const PLACE = "freshness/edges";

const WHICH = "Which";

const COLUMNS: Column<Run>[] = [
  {
    name: "Edge",
    isHead: true,
    cell: (row) => (
      <>
        {row.node} <small title={`boot ${row.boot_id}`}>{row.boot_id.slice(0, 8)}</small>
      </>
    ),
  },
  { name: "Arrived", field: `${PLACE}/arrived`, isNumber: true, cell: (row) => count(row.arrived) },
  {
    name: "Missing",
    field: `${PLACE}/missing`,
    isNumber: true,
    cell: (row) => <span class={row.missing > 0 ? "is-problem" : undefined}>{count(row.missing)}</span>,
  },
  { name: WHICH, field: `${PLACE}/missing_ranges`, cell: (row) => which(row) },
  { name: "Complete to", cell: (row) => <Ago at={row.complete_to} /> },
  { name: "Last event", cell: (row) => <Ago at={row.last_at} /> },
];

function which({ missing_ranges: ranges, missing_ranges_truncated: more }: Run): string {
  const spoken = ranges.map(([first, last]) => (first === last ? count(first) : `${count(first)}–${count(last)}`));
  return [...spoken, ...(more ? ["…"] : [])].join(", ");
}

/** The runs of edges, those with gaps first. */
export function Edges({ runs }: { runs: readonly Run[] }) {
  if (runs.length === 0) return <Empty title="No edge has sent anything this week." />;
  const rows = [...runs].sort((a, b) => b.missing - a.missing || a.node.localeCompare(b.node));
  const hasGaps = runs.some((run) => run.missing > 0);
  const columns = COLUMNS.filter((column) => hasGaps || column.name !== WHICH);
  return <Table caption="Edges" columns={columns} rows={rows} rowKey={(row) => `${row.node} ${row.boot_id}`} />;
}
