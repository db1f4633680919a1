import type { ComponentChildren } from "preact";
import { go } from "./place";

interface Props {
  to: string;
  class?: string;
  title?: string;
  "aria-current"?: "page" | undefined;
  "data-field"?: string;
  children: ComponentChildren;
}

/** A link to another screen: a real one, so that it opens in a new tab too. */
export function Link({ to, children, ...rest }: Props) {
  const follow = (event: MouseEvent) => {
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!isPlain) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a {...rest} href={to} onClick={follow}>
      {children}
    </a>
  );
}
