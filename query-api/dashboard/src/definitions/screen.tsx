import { definitions } from "../api/questions";
import { useQuestion } from "../api/use_asked";
import { Section } from "../parts/section";
import { Shown, Skeleton } from "../parts/states";
import { Title } from "../parts/title";
import { usePlace } from "../route/place";
import { Asked } from "./asked";
import { Clauses } from "./clauses";
import type { Definition } from "./definition";
import { Prose } from "./prose";

/** How every number is counted; the one that led here first. */
export function DefinitionsScreen() {
  const { search } = usePlace();
  const field = new URLSearchParams(search).get("of");
  const asked = useQuestion(definitions());
  return (
    <>
      <Title name="Definitions">How numbers are counted</Title>
      <Shown asked={asked} skeleton={<Skeleton rows={8} />}>
        {({ data }) => {
          const definition = data as unknown as Definition;
          return (
            <>
              {field && <Asked definition={definition} field={field} />}
              <p class="under">{definition.summary}</p>
              <Section
                title="Main rules"
                note={`Version ${definition.version}. Every answer names the version it follows.`}
              >
                <ol class="prose">
                  {definition.rules.map((rule) => (
                    <li key={rule.number}>
                      <h3>{rule.title}</h3>
                      <Prose text={rule.text} />
                    </li>
                  ))}
                </ol>
              </Section>
              <Section title="Clauses" note="They settle what the main rules leave open, and hold where they differ.">
                <Clauses definition={definition} />
              </Section>
            </>
          );
        }}
      </Shown>
    </>
  );
}
