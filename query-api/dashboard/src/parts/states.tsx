import type { ComponentChildren } from "preact";
import type { Problem } from "../api/problem";
import type { Asked } from "../api/use_asked";
import { recent } from "../show/times";

/** Grey lines where rows will be. */
export function Skeleton({ rows = 4, tall = false }: { rows?: number; tall?: boolean }) {
  return (
    <div class={tall ? "skeleton is-tall" : "skeleton"} role="status">
      <span class="unseen">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        <i key={row} class={`w${row % 4}`} />
      ))}
    </div>
  );
}

/** There is nothing, and that is a fact. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

/** Why there is nothing to show. */
export function Failure({ problem, again }: { problem: Problem; again: () => void }) {
  const scope = problem.missingScope;
  if (scope) {
    return (
      <div class="failure is-closed" role="alert">
        <strong>This key may not see this.</strong>
        <p>
          It lacks the scope <code>{scope}</code>. Ask whoever made the key for one that has it, and sign in with that.
        </p>
        <RequestId problem={problem} />
      </div>
    );
  }
  return (
    <div class="failure" role="alert">
      <strong>{problem.status === 404 ? "There is no such thing in this account." : problem.message}</strong>
      {problem.status === 404 && <p>{problem.message}</p>}
      {problem.passes && <p>It is tried again by itself.</p>}
      <RequestId problem={problem} />
      <button type="button" onClick={again}>
        Try again now
      </button>
    </div>
  );
}

function RequestId({ problem }: { problem: Problem }) {
  if (!problem.requestId) return null;
  return (
    <p class="request">
      {problem.status} <code>{problem.code}</code>, request <code>{problem.requestId}</code>
    </p>
  );
}

interface ShownProps<T> {
  asked: Asked<T>;
  skeleton?: ComponentChildren;
  /** Another part of the screen says when this answer is old. */
  isBrief?: boolean;
  children: (answer: T) => ComponentChildren;
}

/** An answer, or the state it is in. An old answer stays in sight, marked as such. */
export function Shown<T>({ asked, skeleton, isBrief = false, children }: ShownProps<T>) {
  const { answer, problem, again, isChanging } = asked;
  if (answer === undefined) return problem ? <Failure problem={problem} again={again} /> : (skeleton ?? <Skeleton />);
  return (
    <div class={isChanging ? "shown is-changing" : "shown"} aria-busy={isChanging}>
      {problem && !isBrief && <Stale problem={problem} asOf={asOf(answer)} again={again} />}
      {children(answer)}
    </div>
  );
}

function asOf(answer: unknown): string | undefined {
  const { meta, as_of } = answer as { meta?: { as_of?: string }; as_of?: string };
  return meta?.as_of ?? as_of;
}

function Stale({ problem, asOf, again }: { problem: Problem; asOf: string | undefined; again: () => void }) {
  // That nothing answers is said once, above all figures.
  if (problem.code === "unreachable")
    return <p class="stale is-brief">Not current{asOf && `: as of ${recent(asOf)}`}</p>;
  return (
    <div class="stale" role="status">
      <p>
        <strong>Not current{asOf ? `: these figures are as of ${recent(asOf)}` : ""}.</strong> {problem.message}
      </p>
      <button type="button" class="quiet" onClick={again}>
        Try again now
      </button>
    </div>
  );
}
