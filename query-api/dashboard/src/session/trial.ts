import { inTime } from "../api/client";
import { type Problem, problemOf, unreachable } from "../api/problem";

/**
 * A list of each scope, so that any key may ask one. Of a list of a collection a cursor that is none is refused without
 * looking for the collection, but not before the account is known.
 */
const LISTS = [
  "/analytics/collections?limit=1",
  "/collections/0/downloads?cursor=none",
  "/collections/0/favorites?cursor=none",
  "/collections/0/photo_sharing_links?cursor=none",
];

/** Asks with the key whether the API knows it, and, by a list that it may ask, for which account; null where it does. */
export async function tried(key: string, account: string | null): Promise<Problem | null> {
  for (const list of LISTS) {
    const problem = await refusalAt(list, key, account);
    const isIn = problem === null || problem.details.parameter === "cursor";
    if (isIn) return null;
    if (problem.status !== 403) return problem;
  }
  // The API knows it, and each screen says what it may not see.
  return null;
}

async function refusalAt(list: string, key: string, account: string | null): Promise<Problem | null> {
  const path = account ? `${list}&account_id=${encodeURIComponent(account)}` : list;
  const headers = { Authorization: `Bearer ${key}` };
  try {
    const response = await inTime((signal) => fetch(path, { headers, signal }), new AbortController().signal);
    return response.ok ? null : problemOf(response, await response.json().catch(() => undefined));
  } catch (reason) {
    return unreachable(reason);
  }
}
