interface Props {
  /** From 0 to 1. */
  part: number;
  tone?: "plain" | "good" | "warn" | "bad";
}

/** A part of a whole, as a line that is filled so far; the figure itself stands beside it. */
export function Bar({ part, tone = "plain" }: Props) {
  const width = `${Math.max(0, Math.min(1, part)) * 100}%`;
  return (
    <span class={`bar is-${tone}`} aria-hidden="true">
      <span style={{ width }} />
    </span>
  );
}
