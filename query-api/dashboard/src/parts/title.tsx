import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

interface Props {
  /** What the browser calls the page. */
  name: string;
  /** What leads here, above the heading. */
  above?: ComponentChildren;
  children: ComponentChildren;
}

/** A screen's heading. */
export function Title({ name, above, children }: Props) {
  useEffect(() => {
    document.title = `${name} · Loupe`;
  }, [name]);
  return (
    <header class="title">
      {above !== undefined && <p class="above">{above}</p>}
      <h1 tabIndex={-1}>{children}</h1>
    </header>
  );
}

/** A screen in a sentence, its figures in place. */
export function Lead({ children }: { children: ComponentChildren }) {
  return <p class="lead">{children}</p>;
}
