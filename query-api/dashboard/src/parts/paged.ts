import { useEffect, useRef } from "preact/hooks";
import type { ListMeta, Question } from "../api/questions";
import { type Asked, useQuestion } from "../api/use_asked";
import { usePage } from "../route/place";

/** A page of a list, and how to go to another one. */
export interface Paged<T> {
  asked: Asked<T>;
  go: (page: number) => void;
}

/**
 * Asks for the page that the URL names under `word`. One past the last is empty whatever the list holds (clause 99), so
 * that the last one is gone to instead.
 */
export function usePaged<T extends { meta: ListMeta }>(of: (page: number) => Question<T>, word = "page"): Paged<T> {
  const [page, go] = usePage(word);
  const asked = useQuestion(of(page));
  const meta = asked.answer?.meta;
  const isPast = meta !== undefined && meta.current_page > meta.last_page;
  const gone = useRef({ page, at: Date.now() });
  if (gone.current.page !== page) gone.current = { page, at: Date.now() };
  // A list that was shorter when it was asked for last may have this page by now.
  const isOfNow = !asked.isChanging && asked.askedAt >= gone.current.at;
  const last = isPast && isOfNow ? meta.last_page : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `go` is another function each time and does the same
  useEffect(() => {
    if (last !== null) go(last);
  }, [last]);
  return { asked: isPast ? { ...asked, answer: undefined, isLoading: true, isChanging: false } : asked, go };
}
