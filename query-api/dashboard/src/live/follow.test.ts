import { expect, test } from "vitest";
import { backoffMs } from "./backoff";
import { beginning, follow, type Line, type Told } from "./follow";

function stream(...parts: string[]): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

function refusal(status: number, headers: Record<string, string> = {}): Response {
  const body = { error: { code: "code", message: "a sentence", details: {} } };
  return new Response(JSON.stringify(body), { status, headers: { "x-request-id": "r1", ...headers } });
}

/** Follows answers one after another until they are used up. */
async function followed(answers: (Response | Error)[], place = beginning()) {
  const asked: (string | null)[] = [];
  const told: Told[] = [];
  const lines: Line[] = [];
  const slept: number[] = [];
  const abort = new AbortController();
  await follow({
    place,
    signal: abort.signal,
    chance: () => 1,
    tell: (event) => told.push(event),
    line: (line) => lines.push(line),
    sleep: async (ms) => {
      slept.push(ms);
      if (answers.length === 0) abort.abort();
    },
    open: async (id) => {
      asked.push(id);
      const answer = answers.shift();
      if (!answer) throw new Error("used up");
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { asked, told, lines: lines.map((line) => line.is), slept };
}

test("a broken stream resumes after the last id it was told", async () => {
  const first = stream('retry: 100\n\nevent: download\ndata: {"id":"a"}\n\nevent: position\nid: 41\nda', "ta: {}\n\n");
  const second = stream('event: position\nid: 42\ndata: {"events":1}\n\n');
  const { asked, told, slept } = await followed([first, second]);
  expect(asked).toEqual([null, "41"]);
  expect(told.map((event) => event.name)).toEqual(["download", "position", "position"]);
  expect(told[0]?.data).toEqual({ id: "a" });
  expect(slept).toEqual([100, 100]);
});

test("what came without an id behind it is asked for again", async () => {
  const cut = stream('event: position\nid: 7\ndata: {}\n\nevent: download\ndata: {"id":"b"}\n\n');
  const { asked } = await followed([cut, stream("")]);
  expect(asked).toEqual([null, "7"]);
});

test("a following that was ended is taken up by another one where it was", async () => {
  const place = beginning();
  await followed([stream("retry: 100\n\nevent: position\nid: 41\ndata: {}\n\n")], place);
  const { asked, slept } = await followed([stream("")], place);
  expect(asked).toEqual(["41"]);
  expect(slept).toEqual([100]);
});

test("ids that a number would round are told as texts", async () => {
  const { told } = await followed([stream('event: favorite\ndata: {"media":{"id":9007199254740993}}\n\n')]);
  expect(told[0]?.data).toEqual({ media: { id: "9007199254740993" } });
});

test("failures that pass are tried again, later and later", async () => {
  const { lines, slept } = await followed([
    new TypeError("network"),
    refusal(503),
    refusal(429, { "retry-after": "60" }),
  ]);
  expect(slept).toEqual([2000, 4000, 60_000]);
  expect(lines).toEqual(["opening", "waiting", "opening", "waiting", "opening", "waiting"]);
});

test("a refused key is not tried again", async () => {
  const { asked, lines } = await followed([refusal(403), stream("")]);
  expect(asked).toHaveLength(1);
  expect(lines).toEqual(["opening", "refused"]);
});

test("waits double up to half a minute, by chance at least half of it", () => {
  expect([0, 1, 2, 9].map((attempt) => backoffMs(attempt, 2000, 1))).toEqual([2000, 4000, 8000, 30_000]);
  expect(backoffMs(0, 2000, 0)).toBe(1000);
});
