import { useEffect, useRef, useState } from "preact/hooks";
import { anew, beat } from "../live/beat";
import { credentials } from "../session/credentials";
import { keepAsking } from "./asking";
import type { Problem } from "./problem";
import type { Question } from "./questions";

/** A question to the API as a screen shows it. */
export interface Asked<T> {
  /** The last answer; it stays while another is awaited and when that fails. */
  answer: T | undefined;
  /** When it was asked for: it has everything that was counted by then. */
  askedAt: number;
  problem: Problem | undefined;
  /** Nothing to show yet. */
  isLoading: boolean;
  /** The answer shown belongs to another question, whose answer is awaited. */
  isChanging: boolean;
  again: () => void;
}

interface Remembered<T> {
  answer: T | undefined;
  askedAt: number;
}

/** Answers of this visit, so that going back shows something at once. */
const memory = new Map<string, Remembered<unknown>>();
const MEMORY_MAX = 200;

credentials.watch(() => memory.clear());

function remember(name: string, remembered: Remembered<unknown>) {
  memory.delete(name);
  memory.set(name, remembered);
  const oldest = memory.keys().next().value;
  if (memory.size > MEMORY_MAX && oldest !== undefined) memory.delete(oldest);
}

const recalled = <T>(name: string | null) =>
  (name === null ? undefined : memory.get(name)) as Remembered<T> | undefined;

const NOTHING = { answer: undefined, askedAt: 0 };

interface State<T> extends Remembered<T> {
  name: string;
  problem: Problem | undefined;
}

/** Asks when `name` changes, at each beat, and again while a failure may pass. A null name asks nothing. */
export function useAsked<T>(name: string | null, ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const [state, show] = useState<State<T>>(() => ({
    name: name ?? "",
    ...(recalled<T>(name) ?? NOTHING),
    problem: undefined,
  }));
  const latest = useRef(ask);
  latest.current = ask;
  const [round, next] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again
  useEffect(() => {
    if (name === null) return;
    const known = recalled<T>(name);
    // What the same question was answered last, or why it was not, stays until it is answered anew.
    if (known) show((before) => (before.name === name ? before : { name, ...known, problem: undefined }));
    const asking = keepAsking({
      ask: (signal) => latest.current(signal),
      tell: (answer, askedAt) => {
        remember(name, { answer, askedAt });
        show({ name, answer, askedAt, problem: undefined });
      },
      fail: (problem) => show((before) => ({ ...(before.name === name ? before : NOTHING), name, problem })),
    });
    const unwatch = [beat.watch(asking.beat), anew.watch(() => next((round) => round + 1))];
    return () => {
      asking.end();
      for (const stop of unwatch) stop();
    };
  }, [name, round]);
  const isOwn = state.name === name;
  return {
    answer: state.answer,
    askedAt: state.askedAt,
    problem: isOwn ? state.problem : undefined,
    isLoading: state.answer === undefined && !(isOwn && state.problem),
    isChanging: !isOwn && state.answer !== undefined,
    again: () => next((round) => round + 1),
  };
}

/**
 * Asks a question. One whose bounds move with the time is given a `subject` that stays, so that its answer does while the
 * next one is awaited.
 */
export function useQuestion<T>(question: Question<T> | null, subject?: string): Asked<T> {
  return useAsked(question && (subject ?? question.name), (signal) =>
    question ? question.ask(signal) : Promise.reject(new Error("nothing is asked")),
  );
}
