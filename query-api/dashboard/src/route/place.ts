import { Cell, useCell } from "../parts/cell";

/** Where the reader is. */
export interface Place {
  path: string;
  search: string;
}

const here = (): Place => ({ path: location.pathname, search: location.search });
const place = new Cell<Place>(typeof location === "undefined" ? { path: "/dashboard/", search: "" } : here());

if (typeof addEventListener !== "undefined") addEventListener("popstate", () => place.set(here()));

export const usePlace = () => useCell(place);

export function go(href: string) {
  history.pushState(null, "", href);
  place.set(here());
  scrollTo(0, 0);
}

/** Words of the URL's query, such as a filter: kept there so that a link or a reload shows the same. */
export function useWords(): [URLSearchParams, (words: Record<string, string | null>) => void] {
  const { search } = usePlace();
  const set = (words: Record<string, string | null>) => {
    const next = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(words)) {
      if (value === null) next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    history.replaceState(null, "", text ? `?${text}` : location.pathname);
    place.set(here());
  };
  return [new URLSearchParams(search), set];
}

/** A page number in the URL. */
export function usePage(word = "page"): [number, (page: number) => void] {
  const [words, set] = useWords();
  const page = Math.max(1, Math.trunc(Number(words.get(word) ?? "1")) || 1);
  return [page, (next) => set({ [word]: next === 1 ? null : String(next) })];
}
