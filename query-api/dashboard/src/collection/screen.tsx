import { useEffect, useRef } from "preact/hooks";
import { collections } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { useActivity } from "../live/use_activity";
import { Title } from "../parts/title";
import { Link } from "../route/link";
import { SECTIONS, type Section, to } from "../route/route";
import { Clients } from "./clients";
import { Downloads } from "./downloads";
import { Favourites } from "./favourites";
import { Links } from "./links";
import { Media } from "./media";
import { Overview } from "./overview";

/** As many collections as one page of the API names. */
const NAMED_MAX = 1000;

/** What a collection is called; its id until that is known. */
export function useCollectionName(id: string): string {
  const asked = useQuestion(collections({ sort: "-last_activity_at", per_page: NAMED_MAX }));
  const found = asked.answer?.data.find((row) => String(row.collection.id) === id);
  if (asked.isLoading) return "Collection";
  return found?.collection.name ?? `Collection ${id}`;
}

/** One collection, part by part. */
export function CollectionScreen({ id, section }: { id: string; section: Section }) {
  const name = useCollectionName(id);
  const activity = useActivity(id);
  const tabs = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a phone another part's tab may lie beyond the edge
  useEffect(() => {
    const own = tabs.current?.querySelector("[aria-current]");
    own?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [section]);
  return (
    <>
      <Title name={name} above={<Link to={to.portfolio()}>Portfolio</Link>}>
        {name}
      </Title>
      <nav class="tabs" ref={tabs} aria-label={`Parts of ${name}`}>
        {(Object.keys(SECTIONS) as Section[]).map((part) => (
          <Link key={part} to={to.collection(id, part)} aria-current={part === section ? "page" : undefined}>
            {SECTIONS[part]}
          </Link>
        ))}
      </nav>
      <Part id={id} section={section} activity={activity} />
    </>
  );
}

function Part({ id, section, activity }: { id: string; section: Section; activity: ReturnType<typeof useActivity> }) {
  switch (section) {
    case "overview":
      return <Overview id={id} activity={activity} />;
    case "media":
      return <Media id={id} />;
    case "downloads":
      return <Downloads id={id} />;
    case "clients":
      return <Clients id={id} />;
    case "favourites":
      return <Favourites id={id} />;
    case "links":
      return <Links id={id} />;
  }
}
