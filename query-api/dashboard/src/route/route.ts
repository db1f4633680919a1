/** Where the dashboard is served. */
const BASE = "/dashboard";

/** Parts of a collection's screen. */
export const SECTIONS = {
  overview: "Overview",
  media: "Media",
  downloads: "Downloads",
  clients: "Clients",
  favourites: "Favourites",
  links: "Share links",
} as const;
export type Section = keyof typeof SECTIONS;

/** A screen of the dashboard. */
export type Route =
  | { screen: "portfolio" }
  | { screen: "collection"; id: string; section: Section }
  | { screen: "client"; collection: string; client: string }
  | { screen: "download"; id: string }
  | { screen: "starred" }
  | { screen: "health" }
  | { screen: "definitions" }
  | { screen: "absent" };

/** The screen of a path. */
export function routeOf(path: string): Route {
  const parts = path.slice(BASE.length).split("/").filter(Boolean).map(plain);
  const [first, id, third, fourth] = parts;
  if (first === undefined) return { screen: "portfolio" };
  if (parts.length === 1 && (first === "starred" || first === "health" || first === "definitions")) {
    return { screen: first };
  }
  if (first === "downloads" && id && parts.length === 2) return { screen: "download", id };
  if (first === "collections" && id) {
    if (third === "clients" && fourth && parts.length === 4)
      return { screen: "client", collection: id, client: fourth };
    const section = third ?? "overview";
    if (section in SECTIONS && parts.length <= 3) return { screen: "collection", id, section: section as Section };
  }
  return { screen: "absent" };
}

function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const at = (...parts: (string | number)[]) => [BASE, ...parts.map(encodeURIComponent)].join("/");

/** Paths of screens. */
export const to = {
  portfolio: () => `${BASE}/`,
  collection: (id: string | number, section: Section = "overview") =>
    section === "overview" ? at("collections", id) : at("collections", id, section),
  client: (collection: string | number, client: string) => at("collections", collection, "clients", client),
  download: (id: string) => at("downloads", id),
  starred: () => at("starred"),
  health: () => at("health"),
  definitions: () => at("definitions"),
  /** What a figure means, by where it stands in the API's answers. */
  definition: (field: string) => `${at("definitions")}?of=${encodeURIComponent(field).replaceAll("%2F", "/")}`,
};
