import type { Schemas } from "../api/questions";
import { Bar } from "../parts/bar";
import { Figure } from "../parts/figure";
import { Empty } from "../parts/states";
import { count, share } from "../show/numbers";
import { word } from "../show/words";

const PLACE = "collection_analytics/data/funnel";

/** How many people came how far. */
export function Funnel({ steps }: { steps: readonly Schemas["FunnelStep"][] }) {
  if (steps.every((step) => step.identities === 0)) {
    return <Empty title="Nobody has been here yet.">The first visit or link open shows here within seconds.</Empty>;
  }
  return (
    <ol class="funnel">
      {steps.map((step, index) => (
        <li key={step.step}>
          <h3>{word(word(step.step))}</h3>
          <Figure field={`${PLACE}/identities`}>{count(step.identities)}</Figure>
          <Bar part={step.share_of_first ?? 0} />
          <small>
            {index === 0 ? (
              "everyone who came"
            ) : (
              <>
                <Figure field={`${PLACE}/share_of_previous`}>{share(step.share_of_previous)}</Figure> of those before
              </>
            )}
          </small>
        </li>
      ))}
    </ol>
  );
}
