import type { ComponentChildren } from "preact";
import type { Meta } from "../api/questions";
import type { Asked } from "../api/use_asked";
import { Link } from "../route/link";
import { to } from "../route/route";
import { day, exact, recent } from "../show/times";
import { Export, SaveRows } from "./export";

interface Props {
  title: string;
  /** What is shown, in a sentence. */
  note?: ComponentChildren;
  /** What is asked for it, which says how current it is and where all of it is found. */
  asked?: Pick<Asked<{ meta: Meta }>, "answer" | "isChanging">;
  /** What exported files are called. */
  file?: string;
  /** What is exported instead, where the API has no list of it. */
  rows?: readonly object[] | undefined;
  children: ComponentChildren;
}

/** A part of a screen: what it is and how current stands in the margin, the figures beside it. */
export function Section({ title, note, asked, file, rows, children }: Props) {
  const meta = asked?.answer?.meta;
  // Until its own answer comes, what is asked for now would be saved as what was asked for before.
  const isOld = asked?.isChanging ?? false;
  const id = `s-${title.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
  return (
    <section class="section" aria-labelledby={id}>
      <div class="margin">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <p>{note}</p>}
        {meta && <Provenance meta={meta} />}
        {meta?.csv_url && file && !rows && <Export url={meta.csv_url} file={file} isOld={isOld} />}
        {rows && rows.length > 0 && file && <SaveRows rows={rows} file={file} isOld={isOld} />}
      </div>
      <div class="body">{children}</div>
    </section>
  );
}

/** What the figures include. */
export function Provenance({ meta }: { meta: Pick<Meta, "as_of" | "provisional_after" | "definition" | "position"> }) {
  return (
    <p class="provenance">
      As of{" "}
      <time dateTime={meta.as_of} title={`${exact(meta.as_of)}, position ${meta.position}`}>
        {recent(meta.as_of)}
      </time>
      , by <Link to={to.definitions()}>rules {meta.definition}</Link>.{" "}
      <span title={`Late events may still change days from ${exact(meta.provisional_after)} on.`}>
        Provisional from {day(meta.provisional_after, "UTC")}.
      </span>
    </p>
  );
}
