import type { Schemas } from "../api/questions";
import { Bar } from "../parts/bar";
import { Person } from "../parts/person";
import { Status } from "../parts/status";
import { type Column, Table } from "../parts/table";
import { Ago, Moment } from "../parts/time";
import { count, counted } from "../show/numbers";
import { word } from "../show/words";

type Link = Schemas["SharingLink"];

/** Share links with what is left of them. */
export function LinkTable({ rows, collection }: { rows: readonly Link[]; collection: string }) {
  return <Table caption="Share links" columns={columnsIn(collection)} rows={rows} rowKey={(row) => row.id} />;
}

function columnsIn(collection: string): Column<Link>[] {
  const place = "photo_sharing_links/data/usage";
  return [
    { name: "Link", isHead: true, cell: (row) => <Address row={row} collection={collection} /> },
    { name: "State", field: "photo_sharing_links/summary/active", cell: (row) => <Status of={row.status} /> },
    { name: "Ends", cell: (row) => <End row={row} /> },
    { name: "Downloads used", field: `${place}/downloads_remaining`, cell: (row) => <Quota row={row} /> },
    { name: "Opens", field: `${place}/opens`, isNumber: true, cell: ({ usage }) => count(usage.opens) },
    {
      name: "Visitors",
      field: `${place}/unique_visitors`,
      isNumber: true,
      cell: ({ usage }) => count(usage.unique_visitors),
    },
    {
      name: "Previews",
      field: `${place}/link_previews`,
      isNumber: true,
      cell: ({ usage }) => count(usage.link_previews),
    },
    { name: "Turned away", field: `${place}/denied`, isNumber: true, cell: (row) => <Denied row={row} /> },
  ];
}

function Address({ row, collection }: { row: Link; collection: string }) {
  const { permissions: allows } = row;
  const marks = [
    !allows.download || allows.download === "none" ? "no download" : `${word(allows.download)} download`,
    allows.watermark && "watermark",
    allows.password_required && "password",
    allows.reshare && "may be passed on",
  ];
  return (
    <>
      <span class="address">{row.url?.replace(/^https?:\/\//, "") ?? row.id}</span>
      <small>
        {marks.filter(Boolean).join(", ")}; made <Ago at={row.created_at} />
        {row.created_by && (
          <>
            {" "}
            by <Person client={row.created_by} collection={collection} />
          </>
        )}
      </small>
    </>
  );
}

function End({ row }: { row: Link }) {
  if (row.revoked_at) {
    return (
      <>
        revoked <Ago at={row.revoked_at} />{" "}
        <small>
          <Moment at={row.revoked_at} />
        </small>
      </>
    );
  }
  if (!row.expires_at) return <span class="faint">never</span>;
  return (
    <>
      <Ago at={row.expires_at} />{" "}
      <small>
        <Moment at={row.expires_at} />
      </small>
    </>
  );
}

function Quota({ row }: { row: Link }) {
  const { permissions, usage } = row;
  const most = permissions.max_downloads;
  if (most == null)
    return (
      <>
        {count(usage.downloads)} <small>no limit</small>
      </>
    );
  const used = most - (usage.downloads_remaining ?? 0);
  return (
    <span class="measure">
      <Bar part={used / Math.max(1, most)} tone={used >= most ? "warn" : "plain"} />
      <span>{`${count(used)} of ${count(most)}`}</span>
    </span>
  );
}

function Denied({ row }: { row: Link }) {
  const reasons = Object.entries(row.usage.denied).filter(([, times]) => times > 0);
  const total = reasons.reduce((sum, [, times]) => sum + times, 0);
  const why = reasons.map(([reason, times]) => `${word(reason)}: ${counted(times, "time")}`).join(", ");
  return <span title={why || undefined}>{count(total)}</span>;
}
