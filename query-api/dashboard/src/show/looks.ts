import { counted } from "./numbers";

/** What visitors did without choosing or downloading. */
export interface Looks {
  visits?: number | null;
  views?: number | null;
  plays?: number | null;
  link_opens?: number | null;
}

/** "2 visits, 40 views, 1 link open": what there was of each kind, and nothing of the others. */
export function looks({ visits, views, plays, link_opens }: Looks): string {
  const kinds = [
    [visits, "visit"],
    [views, "view"],
    [plays, "play"],
    [link_opens, "link open"],
  ] as const;
  return kinds.flatMap(([times, kind]) => (times ? [counted(times, kind)] : [])).join(", ");
}
