import createClient, { type Middleware } from "openapi-fetch";
import { away, reached } from "../parts/reach";
import { type Credentials, credentials, forget } from "../session/credentials";
import { overdue, Problem, problemOf, unreachable } from "./problem";
import type { paths } from "./schema";
import { Turns } from "./turns";
import { withWholeIds } from "./whole_ids";

/** Fewer than the API lets an account ask at once, so that a second reader of the account finds a place. */
const AT_ONCE = 3;
const turns = new Turns(AT_ONCE);
/** An answer that takes longer is taken for one that never comes. */
const ANSWER_MS = 30_000;

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

export interface Fetched<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Asks for as long as an answer may take, so that one that never comes gives its turn on. */
export async function inTime<T>(ask: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  const late = AbortSignal.timeout(ANSWER_MS);
  try {
    return await ask(AbortSignal.any([signal, late]));
  } catch (reason) {
    throw late.aborted && !signal.aborted ? overdue(ANSWER_MS) : reason;
  }
}

/** What the API answers; a refused key ends the session. */
export async function answered<T>(ask: (signal: AbortSignal) => Promise<Fetched<T>>, signal: AbortSignal): Promise<T> {
  const { data, error, response } = await turns
    .take(() => inTime(ask, signal))
    .catch((reason: unknown) => {
      if (signal.aborted) throw reason;
      const problem = unreachable(reason);
      // One answer that does not come does not say that there are none.
      if (problem.code === "unreachable") away();
      throw problem;
    });
  reached();
  if (response.ok && data !== undefined) return data;
  const problem = problemOf(response, error);
  if (problem.status === 401) {
    forget(problem.refusal("The API does not know this key any more. Enter it again, or another one."));
  }
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
