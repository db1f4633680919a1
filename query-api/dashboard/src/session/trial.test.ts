import { afterEach, expect, test, vi } from "vitest";
import { tried } from "./trial";

afterEach(() => void vi.unstubAllGlobals());

const refusal = (status: number, code: string, details: object) =>
  new Response(JSON.stringify({ error: { code, message: code, details } }), { status });
const forbidden = () => refusal(403, "forbidden", {});

/** The API for a key that may ask lists whose path contains a word, of account 7 alone. */
function api(word: string, actsForSeveral: boolean) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    const { pathname, searchParams } = new URL(path, "http://host");
    if (!pathname.includes(word)) return forbidden();
    const account = searchParams.get("account_id");
    if (account === null && actsForSeveral) return refusal(400, "invalid_parameter", { parameter: "account_id" });
    if (account !== null && account !== "7") return refusal(404, "not_found", {});
    if (searchParams.has("cursor")) return refusal(400, "invalid_parameter", { parameter: "cursor" });
    return new Response("{}");
  });
  return asked;
}

test("a key of one account is let in by the first list that it may ask", async () => {
  const asked = api("analytics", false);
  expect(await tried("lp_x", null)).toBeNull();
  expect(asked).toHaveLength(1);
  api("links", false);
  expect(await tried("lp_x", null)).toBeNull();
});

test("a key of several accounts is asked for which, whatever it may see", async () => {
  for (const word of ["analytics", "downloads", "favorites", "links"]) {
    api(word, true);
    expect((await tried("lp_x", null))?.details.parameter).toBe("account_id");
    expect((await tried("lp_x", "8"))?.status).toBe(404);
    expect(await tried("lp_x", "7")).toBeNull();
  }
});

test("a key without any scope is one that the API knows", async () => {
  api("nothing", true);
  expect(await tried("lp_x", null)).toBeNull();
});

test("a key that the API does not know, and an API that cannot be reached, are told", async () => {
  vi.stubGlobal("fetch", async () => refusal(401, "key_expired", {}));
  expect(await tried("lp_x", null)).toMatchObject({ status: 401, code: "key_expired" });
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  expect(await tried("lp_x", null)).toMatchObject({ code: "unreachable" });
});
