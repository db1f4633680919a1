import { Pulse } from "../live/pulse";
import { Link } from "../route/link";
import { type Route, to } from "../route/route";
import { credentials, forget } from "../session/credentials";
import { useCell } from "./cell";
import { optionsOf, Select } from "./choice";
import { choose, THEMES, theme } from "./theme";

const SCREENS: [string, string, Route["screen"][]][] = [
  ["Portfolio", to.portfolio(), ["portfolio", "collection", "client", "download"]],
  ["Starred", to.starred(), ["starred"]],
  ["Health", to.health(), ["health"]],
  ["Definitions", to.definitions(), ["definitions"]],
];

/** What stands above every screen. */
export function Masthead({ route }: { route: Route }) {
  const chosen = useCell(theme);
  const own = useCell(credentials);
  return (
    <header class="masthead">
      <div class="wide">
        <Link to={to.portfolio()} class="mark">
          Loupe
        </Link>
        <nav aria-label="Screens">
          {SCREENS.map(([name, path, screens]) => (
            <Link key={name} to={path} aria-current={screens.includes(route.screen) ? "page" : undefined}>
              {name}
            </Link>
          ))}
        </nav>
        <div class="tools">
          <Pulse />
          <Select name="Theme" options={optionsOf(THEMES)} chosen={chosen} choose={choose} />
          {own ? (
            <button type="button" class="quiet" onClick={() => forget()}>
              Sign out
            </button>
          ) : (
            <Link to={to.portfolio()}>Sign in</Link>
          )}
        </div>
      </div>
    </header>
  );
}
