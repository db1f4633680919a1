import { downloads, type Schemas } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { Figures, Named } from "../parts/figure";
import { usePaged } from "../parts/paged";
import { Pager } from "../parts/pager";
import { Section } from "../parts/section";
import { Empty, Shown } from "../parts/states";
import { useWords } from "../route/place";
import { bytes, count, share, speed } from "../show/numbers";
import { status } from "../show/words";
import { DownloadTable } from "./download_table";

const PLACE = "downloads/summary";
const PER_PAGE = 25;
const STATUSES = ["completed", "partial", "failed", "abandoned", "in_progress", "preparing", "requested"] as const;
type Status = (typeof STATUSES)[number];

/** Every download action and what became of it. */
export function Downloads({ id }: { id: string }) {
  const [words, set] = useWords();
  const chosen = STATUSES.find((known) => known === words.get("status"));
  const all = useQuestion(downloads(id, { limit: 1 }));
  const { asked, go } = usePaged((page) =>
    downloads(id, { status: chosen ? [chosen] : undefined, page, per_page: PER_PAGE }),
  );
  const choose = (next: Status | null) => set({ status: next, page: null });
  return (
    <>
      <Section
        title="Outcome"
        note="One action is one click on a photo, a video or an archive. It is complete when every byte arrived, whatever the status code said."
        asked={all}
      >
        <Shown asked={all}>{({ summary }) => <Outcome summary={summary} chosen={chosen} choose={choose} />}</Shown>
      </Section>
      <Section
        title="Downloads"
        note="The newest first. Each leads to its proof of delivery."
        asked={asked}
        file={`downloads_${id}`}
      >
        <Shown asked={asked}>
          {({ data, meta }) =>
            data.length === 0 ? (
              <Empty
                title={
                  chosen ? `No download is ${status(chosen).toLowerCase()}.` : "Nobody has downloaded anything yet."
                }
              />
            ) : (
              <>
                <DownloadTable rows={data} collection={id} />
                <Pager meta={meta} go={go} what="downloads" />
              </>
            )
          }
        </Shown>
      </Section>
    </>
  );
}

interface OutcomeProps {
  summary: Schemas["DownloadsSummary"];
  chosen: Status | undefined;
  choose: (status: Status | null) => void;
}

function Outcome({ summary, chosen, choose }: OutcomeProps) {
  const { by_status, bandwidth } = summary;
  return (
    <>
      <Figures>
        <Named name="Attempts" field={`${PLACE}/attempts`}>
          {count(summary.attempts)}
        </Named>
        <Named name="Completed" field={`${PLACE}/downloads`} note={`${count(summary.unique_downloads)} unique`}>
          {count(summary.downloads)}
        </Named>
        <Named name="Success rate" field={`${PLACE}/success_rate`}>
          {share(summary.success_rate)}
        </Named>
        <Named
          name="Delivered"
          field={`${PLACE}/bandwidth/delivered_bytes`}
          note={`${bytes(bandwidth.filtered_bytes)} more to robots and previews`}
        >
          {bytes(bandwidth.delivered_bytes)}
        </Named>
        <Named name="Median speed" field={`${PLACE}/bandwidth/p50_bits_per_second`}>
          {speed(bandwidth.p50_bits_per_second)}
        </Named>
      </Figures>
      <Proportions by={by_status} of={summary.attempts} />
      <div class="filters">
        <button type="button" class="filter" aria-pressed={chosen === undefined} onClick={() => choose(null)}>
          All <b>{count(summary.attempts)}</b>
        </button>
        {STATUSES.map((each) => (
          <button
            key={each}
            type="button"
            class={`filter status-${each}`}
            aria-pressed={chosen === each}
            disabled={by_status[each] === 0}
            onClick={() => choose(each)}
          >
            {status(each)} <b>{count(by_status[each])}</b>
          </button>
        ))}
      </div>
    </>
  );
}

/** All attempts as one bar, cut by what became of them; the figures themselves stand below it. */
function Proportions({ by, of }: { by: Schemas["ByStatus"]; of: number }) {
  if (of === 0) return null;
  return (
    <div class="proportions" aria-hidden="true">
      {STATUSES.filter((each) => by[each] > 0).map((each) => (
        <i key={each} class={`status-${each}`} style={{ flexGrow: by[each] }} />
      ))}
    </div>
  );
}
