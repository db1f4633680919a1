// What a run is told, by its environment.

import { resolve } from "node:path";

/** The variable's value, which must be there. */
function required(/** @type {string} */ name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} must be set, see README.md`);
  return value;
}

export const settings = {
  /** Where the query API is, such as http://127.0.0.1:8080. */
  url: required("LOUPE_URL").replace(/\/$/, ""),
  /** A key of one account with all scopes. */
  key: required("LOUPE_KEY"),
  /** Where events are published, and a key for it; without them nothing is checked of live activity. */
  ingest: process.env.LOUPE_INGEST_URL?.replace(/\/$/, ""),
  edgeKey: process.env.LOUPE_EDGE_KEY,
  /** A key of the same account that may only read downloads, and a key of an account in which nothing happened. */
  narrowKey: process.env.LOUPE_NARROW_KEY,
  emptyKey: process.env.LOUPE_EMPTY_KEY,
  chromium: process.env.LOUPE_CHROMIUM ?? "/usr/bin/chromium",
  /** Where screenshots go. */
  shots: resolve(process.env.LOUPE_SHOTS ?? new URL("shots", import.meta.url).pathname),
};
