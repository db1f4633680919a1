import createClient, { type Middleware } from "openapi-fetch";
import { away, reached } from "../parts/reach";
import { type Credentials, credentials, forget } from "../session/credentials";
import { Problem, problemOf, unreachable } from "./problem";
import type { paths } from "./schema";
import { Turns } from "./turns";
import { withWholeIds } from "./whole_ids";

/** Fewer than the API lets an account ask at once, so that a second reader of the account finds a place. */
const AT_ONCE = 3;
const turns = new Turns(AT_ONCE);

/** Adds the key, and the account for a key that acts for several. */
export function signed(request: Request, { key, account }: Credentials): Request {
  const url = new URL(request.url);
  const takesAccount = url.pathname !== "/freshness" && url.pathname !== "/definitions";
  if (account && takesAccount) url.searchParams.set("account_id", account);
  const headers = new Headers(request.headers);
  headers.set("Authorization", `Bearer ${key}`);
  return new Request(url, { headers, signal: request.signal });
}

const session: Middleware = {
  onRequest: ({ request }) => signed(request, credentials.value ?? { key: "", account: null }),
  async onResponse({ response }) {
    if (!response.headers.get("content-type")?.includes("json")) return response;
    const text = withWholeIds(await response.text());
    return new Response(text, { status: response.status, statusText: response.statusText, headers: response.headers });
  },
};

/** The API, by its description. */
export const api = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "" : location.origin,
  querySerializer: { array: { style: "form", explode: false } },
});
api.use(session);

interface Fetched<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What the API answers; a refused key ends the session. */
export async function answered<T>(ask: () => Promise<Fetched<T>>): Promise<T> {
  const { data, error, response } = await turns.take(ask).catch((reason: unknown) => {
    if (isAbort(reason)) throw reason;
    away();
    throw unreachable(reason);
  });
  reached();
  if (response.ok && data !== undefined) return data;
  const problem = problemOf(response, error);
  if (problem.status === 401) forget("The API does not know this key any more. Enter it again, or another one.");
  throw problem;
}

/** A file of the API, asked with the key. */
export async function downloaded(path: string): Promise<Response> {
  const own = credentials.value;
  if (!own) throw new Problem("Sign in first.", 401, "unauthorized", null);
  const response = await fetch(signed(new Request(new URL(path, location.origin)), own)).catch((reason: unknown) => {
    throw unreachable(reason);
  });
  if (response.ok) return response;
  throw problemOf(response, await response.json().catch(() => undefined));
}

export function isAbort(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "AbortError";
}
