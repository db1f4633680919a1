import { status } from "../show/words";

const TONES: Record<string, string> = {
  completed: "good",
  submitted: "good",
  active: "good",
  partial: "warn",
  exhausted: "warn",
  failed: "bad",
  revoked: "bad",
  abandoned: "faint",
  expired: "faint",
};

/** A state in a word, with a mark whose form says it too. */
export function Status({ of }: { of: string }) {
  return <span class={`status is-${TONES[of] ?? "plain"}`}>{status(of)}</span>;
}

export const toneOf = (status: string) => (TONES[status] ?? "plain") as "good" | "warn" | "bad" | "plain";
