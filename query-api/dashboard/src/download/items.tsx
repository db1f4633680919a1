import { downloadItems, type Schemas } from "../api/questions";
import { Bar } from "../parts/bar";
import { Figure } from "../parts/figure";
import { usePaged } from "../parts/paged";
import { Pager } from "../parts/pager";
import { Section } from "../parts/section";
import { Empty, Shown } from "../parts/states";
import { Status, toneOf } from "../parts/status";
import { type Column, Table } from "../parts/table";
import { Moment } from "../parts/time";
import { bytes, count, counted, percent } from "../show/numbers";

type Item = Schemas["DownloadItem"];

const PLACE = "download_items";
const PER_PAGE = 20;

const COLUMNS: Column<Item>[] = [
  {
    name: "File",
    isHead: true,
    cell: ({ media }) => (
      <>
        {media.filename ?? media.id} <small>{media.gallery_name}</small>
      </>
    ),
  },
  { name: "Outcome", cell: (row) => <Status of={row.status} /> },
  {
    name: "Arrived",
    field: `${PLACE}/data/percent`,
    cell: (row) => (
      <span class="measure">
        <Bar part={(row.percent ?? 0) / 100} tone={toneOf(row.status)} />
        <span>{percent(row.percent)}</span>
      </span>
    ),
  },
  { name: "Size", field: `${PLACE}/data/file/size_bytes`, isNumber: true, cell: (row) => bytes(row.file?.size_bytes) },
  { name: "Completed", cell: (row) => <Moment at={row.completed_at} /> },
];

/** What a download delivered, medium by medium: an archive credits exactly those that arrived whole. */
export function Items({ id }: { id: string }) {
  const { asked, go } = usePaged((page) => downloadItems(id, { page, per_page: PER_PAGE }));
  return (
    <Section
      title="Proof of delivery"
      note="Medium by medium. One inside an archive counts as received when all of its own bytes arrived."
      asked={asked}
      file={`download_${id}_items`}
    >
      <Shown asked={asked}>
        {({ data, summary, meta }) =>
          data.length === 0 ? (
            <Empty title="Nothing was asked for." />
          ) : (
            <>
              <p class="sum">
                <Figure field={`${PLACE}/summary/completed`}>{count(summary.completed)}</Figure> of{" "}
                <Figure field={`${PLACE}/summary/items`}>{counted(summary.items, "medium", "media")}</Figure> arrived
                whole
              </p>
              <Table
                caption="Media of the download"
                columns={COLUMNS}
                rows={data}
                rowKey={(row) => String(row.media.id)}
              />
              {meta.last_page > 1 && <Pager meta={meta} go={go} what="media" />}
            </>
          )
        }
      </Shown>
    </Section>
  );
}
