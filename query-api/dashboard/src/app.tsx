import { useEffect, useRef } from "preact/hooks";
import { ClientScreen } from "./client/screen";
import { CollectionScreen } from "./collection/screen";
import { DefinitionsScreen } from "./definitions/screen";
import { DownloadScreen } from "./download/screen";
import { HealthScreen } from "./health/screen";
import { keepBeating } from "./live/beat";
import { Absent } from "./parts/absent";
import { useCell } from "./parts/cell";
import { Masthead } from "./parts/masthead";
import { Away } from "./parts/reach";
import { PortfolioScreen } from "./portfolio/screen";
import { usePlace } from "./route/place";
import { type Route, routeOf } from "./route/route";
import { credentials } from "./session/credentials";
import { SignIn } from "./session/sign_in";
import { StarredScreen } from "./starred/screen";

/** The dashboard: the door without a key, else the screen of the path. */
export function App() {
  const own = useCell(credentials);
  const { path } = usePlace();
  const route = routeOf(path);
  const main = useRef<HTMLElement>(null);
  const isArrival = useRef(true);
  useEffect(keepBeating, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new screen is announced by its heading
  useEffect(() => {
    if (isArrival.current) isArrival.current = false;
    else main.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }, [path]);
  const isOpen = own !== null || route.screen === "definitions";
  if (!isOpen) return <SignIn />;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the figures
      </a>
      <Masthead route={route} />
      <Away />
      <main id="main" ref={main} tabIndex={-1}>
        <Screen route={route} />
      </main>
    </>
  );
}

function Screen({ route }: { route: Route }) {
  switch (route.screen) {
    case "portfolio":
      return <PortfolioScreen />;
    case "collection":
      return <CollectionScreen key={route.id} id={route.id} section={route.section} />;
    case "client":
      return <ClientScreen key={route.client} collection={route.collection} client={route.client} />;
    case "download":
      return <DownloadScreen key={route.id} id={route.id} />;
    case "starred":
      return <StarredScreen />;
    case "health":
      return <HealthScreen />;
    case "definitions":
      return <DefinitionsScreen />;
    case "absent":
      return <Absent />;
  }
}
