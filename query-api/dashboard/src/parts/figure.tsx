import type { ComponentChildren } from "preact";
import { Link } from "../route/link";
import { to } from "../route/route";

interface Props {
  /** Where the figure stands in the API's answers, which is what its definition is found by. */
  field: string;
  children: ComponentChildren;
}

/** A figure that leads to its definition. */
export function Figure({ field, children }: Props) {
  return (
    <Link to={to.definition(field)} class="figure" data-field={field} title="How this is counted">
      {children}
    </Link>
  );
}

/** What a figure is called, leading to its definition. */
export function Term({ field, children }: Props) {
  return (
    <Link to={to.definition(field)} class="term" title="How this is counted">
      {children}
    </Link>
  );
}

/** Figures side by side, each under its name. */
export function Figures({ children }: { children: ComponentChildren }) {
  return <dl class="figures">{children}</dl>;
}

interface NamedProps extends Props {
  name: string;
  note?: ComponentChildren;
}

export function Named({ name, field, note, children }: NamedProps) {
  return (
    <div class="named">
      <dt>{name}</dt>
      <dd>
        <Figure field={field}>{children}</Figure>
        {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  );
}
