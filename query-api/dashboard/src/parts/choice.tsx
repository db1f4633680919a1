interface Props<W extends string> {
  name: string;
  /** Words with what they are called. */
  options: readonly (readonly [W, string])[];
  chosen: W;
  choose: (word: W) => void;
}

/** A few options of which one holds. */
export function Choice<W extends string>({ name, options, chosen, choose }: Props<W>) {
  return (
    <fieldset class="choice">
      <legend class="unseen">{name}</legend>
      {options.map(([word, label]) => (
        <label key={word}>
          <input type="radio" name={name} checked={word === chosen} onChange={() => choose(word)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Many options of which one holds. */
export function Select<W extends string>({ name, options, chosen, choose }: Props<W>) {
  return (
    <label class="select">
      <span>{name}</span>
      <select value={chosen} onChange={(event) => choose(event.currentTarget.value as W)}>
        {options.map(([word, label]) => (
          <option key={word} value={word}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Options from an object of words and labels. */
export function optionsOf<W extends string>(labels: Record<W, string>): [W, string][] {
  return Object.entries(labels) as [W, string][];
}
