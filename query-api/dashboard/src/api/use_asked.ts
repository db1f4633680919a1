import { useEffect, useRef, useState } from "preact/hooks";
import { beat } from "../live/beat";
import { credentials } from "../session/credentials";
import { isAbort } from "./client";
import { type Problem, unreachable } from "./problem";
import type { Question } from "./questions";

/** A question to the API as a screen shows it. */
export interface Asked<T> {
  /** The last answer; it stays while another is awaited and when that fails. */
  answer: T | undefined;
  problem: Problem | undefined;
  /** Nothing to show yet. */
  isLoading: boolean;
  /** The answer shown belongs to another question, whose answer is awaited. */
  isChanging: boolean;
  again: () => void;
}

/** Longest pause between attempts while the API is away. */
const PAUSE_MAX_MS = 30_000;
/** Answers of this visit, so that going back shows something at once. */
const memory = new Map<string, unknown>();
const MEMORY_MAX = 200;

credentials.watch(() => memory.clear());

function remember(name: string, answer: unknown) {
  memory.delete(name);
  memory.set(name, answer);
  const oldest = memory.keys().next().value;
  if (memory.size > MEMORY_MAX && oldest !== undefined) memory.delete(oldest);
}

function pauseMs(problem: Problem, attempt: number): number {
  return Math.min((problem.retryAfter ?? 2 ** attempt) * 1000, PAUSE_MAX_MS);
}

interface State<T> {
  name: string;
  answer: T | undefined;
  problem: Problem | undefined;
}

/** Asks when `name` changes, at each beat, and again while a failure may pass. A null name asks nothing. */
export function useAsked<T>(name: string | null, ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const first = name === null ? undefined : (memory.get(name) as T | undefined);
  const [state, show] = useState<State<T>>({ name: name ?? "", answer: first, problem: undefined });
  const latest = useRef(ask);
  latest.current = ask;
  const [round, next] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again
  useEffect(() => {
    if (name === null) return;
    const abort = new AbortController();
    let attempt = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isAsking = false;
    const run = async () => {
      if (isAsking) return;
      isAsking = true;
      clearTimeout(timer);
      try {
        const answer = await latest.current(abort.signal);
        remember(name, answer);
        attempt = 0;
        show({ name, answer, problem: undefined });
      } catch (reason) {
        if (abort.signal.aborted || isAbort(reason)) return;
        const problem = unreachable(reason);
        show((before) => ({ name, answer: before.name === name ? before.answer : undefined, problem }));
        if (problem.passes) timer = setTimeout(run, pauseMs(problem, attempt++));
      } finally {
        isAsking = false;
      }
    };
    const known = memory.get(name) as T | undefined;
    if (known !== undefined) show({ name, answer: known, problem: undefined });
    void run();
    const unwatch = beat.watch(() => void run());
    return () => {
      abort.abort();
      clearTimeout(timer);
      unwatch();
    };
  }, [name, round]);
  const isOwn = state.name === name;
  return {
    answer: state.answer,
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
