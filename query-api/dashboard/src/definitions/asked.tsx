import { type Definition, entryOf } from "./definition";
import { Prose } from "./prose";

/** The definition of the figure that the reader came from. */
export function Asked({ definition, field }: { definition: Definition; field: string }) {
  const entry = entryOf(definition, field);
  if (!entry) {
    return (
      <section class="asked" aria-label="Definition">
        <p>
          <code>{field}</code> has no entry of its own. The rules below hold.
        </p>
      </section>
    );
  }
  const clauses = definition.clauses.filter((clause) => entry.clauses.includes(clause.number));
  return (
    <section class="asked" aria-labelledby="asked">
      <p class="where">
        <code>{field}</code>
      </p>
      <h2 id="asked">{entry.term.replaceAll("_", " ")}</h2>
      <Prose text={entry.text} />
      {clauses.map((clause) => (
        <article key={clause.number}>
          <h3>
            <span>{clause.number}</span> {clause.title}
          </h3>
          <Prose text={clause.text} />
        </article>
      ))}
    </section>
  );
}
