import { useState } from "preact/hooks";
import type { Problem } from "../api/problem";
import { useCell } from "../parts/cell";
import { Title } from "../parts/title";
import { Link } from "../route/link";
import { to } from "../route/route";
import { farewell, keep } from "./credentials";
import { tried } from "./trial";

/** What is said at the door. */
function saying(problem: Problem, account: string | null): string {
  if (problem.details.parameter === "account_id") {
    return "This key acts for several accounts. Enter the number of the one to look at.";
  }
  if (problem.status === 401) {
    return problem.refusal("The API does not know this key. Check it, or ask whoever made it for another one.");
  }
  if (problem.status === 404 && account) return `This key does not act for an account ${account}.`;
  return problem.sentence;
}

/** The door: asks for a key, and for the account when the key acts for several. */
export function SignIn() {
  const reason = useCell(farewell);
  const [said, say] = useState<string | null>(null);
  const [isTrying, wait] = useState(false);
  const [needsAccount, need] = useState(false);
  const enter = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const key = String(form.get("key") ?? "").trim();
    const account = String(form.get("account") ?? "").trim() || null;
    wait(true);
    const found = await tried(key, account);
    wait(false);
    if (!found) return keep({ key, account });
    say(saying(found, account));
    // A number that was wrong is to be entered again.
    need(account !== null || found.details.parameter === "account_id");
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
          <input
            name="key"
            type="password"
            required
            autocomplete="off"
            spellcheck={false}
            placeholder="lp_…"
            onInput={() => need(false)}
          />
        </label>
        {needsAccount && (
          <label>
            Account number
            <input name="account" inputMode="numeric" pattern="[0-9]+" required autocomplete="off" />
          </label>
        )}
        {(said ?? reason) && (
          <p class="is-problem" role="alert">
            {said ?? reason}
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
