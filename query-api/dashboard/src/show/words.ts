/** What the API's words are called on screens. */
const WORDS: Record<string, string> = {
  high_res: "High-res",
  original: "Original",
  web_2048: "Web 2048",
  web_1024: "Web 1024",
  web_640: "Web 640",
  video_original: "Original video",
  video_1080p: "1080p",
  video_720p: "720p",
  none: "Not allowed",
  in_progress: "In progress",
  pin: "PIN",
  jpeg: "JPEG",
  client_abort: "Client stopped",
  origin_error: "Origin failed",
  edge_error: "Edge failed",
  ok: "Ended well",
  timeout: "Timed out",
  denied: "Denied",
  not_opened: "Never opened",
  opened_not_downloaded: "Opened, not downloaded",
  partial: "Broke off",
  favorites_unsubmitted: "Favourites not submitted",
  link_expiring: "Link expires soon",
  favorited: "favourited",
};

/** `web_2048` as `Web 2048`; words that are not known have their first letter raised and underscores opened. */
export function word(of: string | null | undefined): string {
  if (!of) return "–";
  const plain = of.replaceAll("_", " ");
  return WORDS[of] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** The status of a download; `partial` is a state here, not a reason to write. */
export function status(of: string): string {
  return of === "partial" ? "Partial" : word(of);
}

interface Person {
  id: string;
  name?: string | null;
  email?: string | null;
}

const ERASED = "cl_erased_";
/** So much of an id tells a few clients apart. */
const ID_LENGTH = 9;

/** How a client is called: by name, else by address; without either by what the id says (clauses 15 and 16). */
export function person(client: Person | null | undefined): string {
  if (!client) return "Guest";
  const { id, name, email } = client;
  return name ?? email ?? (id.startsWith(ERASED) ? "Erased client" : `Client ${id.slice(0, ID_LENGTH)}…`);
}
