import type { ListMeta } from "../api/questions";
import { count } from "../show/numbers";

interface Props {
  meta: ListMeta;
  go: (page: number) => void;
  /** What is listed, such as "downloads". */
  what: string;
}

/** Which rows of how many, and the pages beside. */
export function Pager({ meta, go, what }: Props) {
  const { current_page: page, last_page: last, per_page: each, total } = meta;
  const first = (page - 1) * each + 1;
  if (total === 0) return null;
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <button type="button" class="quiet" disabled={page <= 1} onClick={() => go(page - 1)}>
        Previous
      </button>
      <span role="status">
        {count(first)}–{count(Math.min(first + each - 1, total))} of {count(total)} {what}
      </span>
      <button type="button" class="quiet" disabled={page >= last} onClick={() => go(page + 1)}>
        Next
      </button>
    </nav>
  );
}
