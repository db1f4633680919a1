import { type Schemas, sharingLinks } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { Figure } from "../parts/figure";
import { usePaged } from "../parts/paged";
import { Pager } from "../parts/pager";
import { Section } from "../parts/section";
import { Empty, Shown } from "../parts/states";
import { useWords } from "../route/place";
import { count, counted } from "../show/numbers";
import { word } from "../show/words";
import { LinkTable } from "./link_table";

const STATUSES = ["active", "expired", "exhausted", "revoked"] as const;
type Status = (typeof STATUSES)[number];

const PLACE = "photo_sharing_links/summary";
const PER_PAGE = 25;

/** Share links, what they permit, and how they were used. */
export function Links({ id }: { id: string }) {
  const [words, set] = useWords();
  const chosen = STATUSES.find((known) => known === words.get("status"));
  const all = useQuestion(sharingLinks(id, { limit: 1 }));
  const { asked, go } = usePaged((page) =>
    sharingLinks(id, { status: chosen ? [chosen] : undefined, page, per_page: PER_PAGE }),
  );
  return (
    <Section
      title="Share links"
      note="Opens are by people. Previews that messengers and mail scanners fetch are kept apart."
      asked={asked}
      file={`links_${id}`}
    >
      {all.answer && (
        <Filters summary={all.answer.summary} chosen={chosen} choose={(status) => set({ status, page: null })} />
      )}
      <Shown asked={asked}>
        {({ data, meta }) =>
          data.length === 0 ? (
            <Empty title={chosen ? `No link is ${word(chosen).toLowerCase()}.` : "No link was shared yet."} />
          ) : (
            <>
              <LinkTable rows={data} collection={id} />
              <Pager meta={meta} go={go} what="links" />
            </>
          )
        }
      </Shown>
    </Section>
  );
}

interface FiltersProps {
  summary: Schemas["SharingLinksSummary"];
  chosen: Status | undefined;
  choose: (status: Status | null) => void;
}

function Filters({ summary, chosen, choose }: FiltersProps) {
  const total = STATUSES.reduce((sum, status) => sum + summary[status], 0);
  return (
    <div class="filters">
      <p class="sum">
        {counted(total, "link")} with <Figure field={`${PLACE}/opens`}>{counted(summary.opens, "open")}</Figure> and{" "}
        <Figure field={`${PLACE}/downloads`}>{counted(summary.downloads, "download")}</Figure>
      </p>
      <button type="button" class="filter" aria-pressed={chosen === undefined} onClick={() => choose(null)}>
        All <b>{count(total)}</b>
      </button>
      {STATUSES.map((status) => (
        <button
          key={status}
          type="button"
          class="filter"
          aria-pressed={chosen === status}
          disabled={summary[status] === 0}
          onClick={() => choose(status)}
        >
          {word(status)} <b>{count(summary[status])}</b>
        </button>
      ))}
    </div>
  );
}
