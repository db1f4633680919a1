import { createParser } from "eventsource-parser";
import { type Problem, problemOf, unreachable } from "../api/problem";
import { withWholeIds } from "../api/whole_ids";
import { backoffMs } from "./backoff";

/** An event of the stream. */
export interface Told {
  name: string;
  data: unknown;
}

/** How the stream is: `open` while it is read, `waiting` between attempts, `refused` when another attempt is no use. */
export type Line =
  | { is: "opening" | "open" }
  | { is: "waiting"; problem: Problem }
  | { is: "refused"; problem: Problem };

export interface Following {
  /** Opens the stream, from after the event of that id when there is one. */
  open: (lastEventId: string | null, signal: AbortSignal) => Promise<Response>;
  tell: (told: Told) => void;
  line: (line: Line) => void;
  /** Where to begin; kept up to date, so that another following goes on where this one was ended. */
  place: Place;
  signal: AbortSignal;
  /** Waits; a test counts instead. */
  sleep?: (ms: number) => Promise<void>;
  chance?: () => number;
}

/** How far a stream was read. */
export interface Place {
  /** The last event that was told with an id. */
  id: string | null;
  /** The shortest pause before another attempt, as the server wants it. */
  retryMs: number;
}

/** The place of a stream that nothing was told of yet. */
export const beginning = (): Place => ({ id: null, retryMs: RETRY_MS });

/** The server sends a comment every 15 s, so after so long the connection is dead. */
const SILENCE_MS = 45_000;
const RETRY_MS = 2_000;

/** Follows a stream until `signal`, and resumes it where it broke off. */
export async function follow(following: Following): Promise<void> {
  const { signal, line, place } = following;
  const sleep = following.sleep ?? ((ms: number) => pause(ms, signal));
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    line({ is: "opening" });
    let isHeard = false;
    const problem = await read(following, () => {
      isHeard = true;
    }).catch((reason: unknown) => unreachable(reason));
    if (signal.aborted) return;
    if (!problem.passes) return line({ is: "refused", problem });
    if (isHeard) attempt = 0;
    line({ is: "waiting", problem });
    const after = problem.retryAfter === null ? 0 : problem.retryAfter * 1000;
    await sleep(Math.max(after, backoffMs(attempt, place.retryMs, following.chance?.())));
  }
}

/** Reads one connection to its end, and says why it ended. */
async function read({ open, tell, line, place, signal }: Following, heard: () => void): Promise<Problem> {
  const broken = new AbortController();
  const stop = () => broken.abort();
  signal.addEventListener("abort", stop);
  let watch = setTimeout(stop, SILENCE_MS);
  try {
    const response = await open(place.id, broken.signal);
    if (!response.ok || !response.body) return problemOf(response, await response.json().catch(() => undefined));
    line({ is: "open" });
    const parser = createParser({
      onEvent(event) {
        heard();
        tell({ name: event.event ?? "message", data: JSON.parse(withWholeIds(event.data)) });
        // Set after what it stands for was told, so that a failure in between tells it again.
        if (event.id !== undefined) place.id = event.id;
      },
      onRetry: (ms) => {
        place.retryMs = ms;
      },
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return unreachable("the stream ended");
      clearTimeout(watch);
      watch = setTimeout(stop, SILENCE_MS);
      parser.feed(value);
    }
  } finally {
    clearTimeout(watch);
    signal.removeEventListener("abort", stop);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
}
