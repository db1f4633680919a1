import { useState } from "preact/hooks";
import { type Problem, problemOf, unreachable } from "../api/problem";
import { useCell } from "../parts/cell";
import { Title } from "../parts/title";
import { Link } from "../route/link";
import { to } from "../route/route";
import { farewell, keep } from "./credentials";

/** Asks with the key whether the API knows it; a key without the scope is one it knows. */
async function tried(key: string, account: string | null): Promise<Problem | null> {
  const query = account ? `?limit=1&account_id=${encodeURIComponent(account)}` : "?limit=1";
  try {
    const response = await fetch(`/analytics/collections${query}`, { headers: { Authorization: `Bearer ${key}` } });
    if (response.ok || response.status === 403) return null;
    return problemOf(response, await response.json().catch(() => undefined));
  } catch (reason) {
    return unreachable(reason);
  }
}

function saying(problem: Problem | null): string | null {
  if (problem?.status === 401)
    return "The API does not know this key. Check it, or ask whoever made it for another one.";
  return problem?.message ?? null;
}

/** The door: asks for a key, and for the account when the key acts for several. */
export function SignIn() {
  const reason = useCell(farewell);
  const [problem, show] = useState<Problem | null>(null);
  const [isTrying, wait] = useState(false);
  const needsAccount = problem?.details.parameter === "account_id";
  const enter = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const key = String(form.get("key") ?? "").trim();
    const account = String(form.get("account") ?? "").trim() || null;
    wait(true);
    const found = await tried(key, account);
    wait(false);
    if (found) show(found);
    else keep({ key, account });
  };
  return (
    <main class="door">
      <form onSubmit={(event) => void enter(event)}>
        <p class="mark">Loupe</p>
        <Title name="Sign in">What became of your photographs</Title>
        <p>
          Downloads, favourites and shares of your collections, counted once each, with the rule behind every number.
        </p>
        <label>
          API key
          <input name="key" type="password" required autocomplete="off" spellcheck={false} placeholder="lp_…" />
        </label>
        {needsAccount && (
          <label>
            Account number
            <input name="account" inputMode="numeric" pattern="[0-9]+" required autocomplete="off" />
          </label>
        )}
        {(problem || reason) && (
          <p class="is-problem" role="alert">
            {needsAccount
              ? "This key acts for several accounts. Enter the number of the one to look at."
              : (saying(problem) ?? reason)}
          </p>
        )}
        <button type="submit" class="main" disabled={isTrying}>
          {isTrying ? "Asking…" : "Sign in"}
        </button>
        <p class="hint">
          The key stays in this tab and is forgotten when you close it.{" "}
          <Link to={to.definitions()}>How numbers are counted</Link>
        </p>
      </form>
    </main>
  );
}
