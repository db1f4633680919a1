import type { components } from "./schema";

type ProblemBody = components["schemas"]["Problem"];

/** Why an answer did not come: what the API said, or that it could not be reached. */
export class Problem extends Error {
  override name = "Problem";

  constructor(
    message: string,
    /** The HTTP status; 0 when nothing answered. */
    readonly status: number,
    readonly code: string,
    /** Names the request in the service's log. */
    readonly requestId: string | null,
    readonly details: Record<string, unknown> = {},
    /** Seconds after which the API wants to be asked again. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }

  /** The scope that the key lacks, when that is the reason. */
  get missingScope(): string | null {
    const scope = this.details.required_scope;
    return this.status === 403 && typeof scope === "string" ? scope : null;
  }

  /** The message as a sentence of its own. */
  get sentence(): string {
    return `${this.message.charAt(0).toUpperCase()}${this.message.slice(1)}${this.message.endsWith(".") ? "" : "."}`;
  }

  /** Why the API does not take the key, in its own words where these say more than that. */
  refusal(otherwise: string): string {
    return this.code === "key_expired" ? this.sentence : otherwise;
  }

  /** Whether the same request may succeed later. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The problem in an answer's body, or what its status says when there is none. */
export function problemOf(response: Response, body: unknown): Problem {
  const error = (body as Partial<ProblemBody> | undefined)?.error;
  const after = Number(response.headers.get("retry-after"));
  return new Problem(
    error?.message ?? `the API answered ${response.status} ${response.statusText}`.trim(),
    response.status,
    error?.code ?? "unknown",
    response.headers.get("x-request-id"),
    error?.details ?? {},
    Number.isFinite(after) && after > 0 ? after : null,
  );
}

/** What went wrong before anything answered. */
export function unreachable(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new Problem("The API cannot be reached.", 0, "unreachable", null, { reason });
}

/** An answer that was waited for as long as one may take. */
export function overdue(ms: number): Problem {
  return new Problem(`The API has not answered for ${ms / 1000} s.`, 0, "overdue", null);
}
