import type { Definition } from "./definition";
import { Prose } from "./prose";

/** The clauses, section by section. */
export function Clauses({ definition }: { definition: Definition }) {
  return (
    <div class="clauses">
      {definition.sections.map(({ letter, title }) => (
        <details key={letter}>
          <summary>
            <b>{letter}</b> {title}
          </summary>
          {definition.clauses
            .filter((clause) => clause.section === letter)
            .map((clause) => (
              <article key={clause.number} id={`clause-${clause.number}`}>
                <h3>
                  <span>{clause.number}</span> {clause.title}
                </h3>
                <Prose text={clause.text} />
              </article>
            ))}
        </details>
      ))}
    </div>
  );
}
