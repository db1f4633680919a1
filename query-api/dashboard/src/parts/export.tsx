import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { downloaded } from "../api/client";
import { unreachable } from "../api/problem";
import { save } from "./save";
import { sheetOf } from "./sheet";

const FORMATS = { csv: "CSV", ndjson: "NDJSON", parquet: "Parquet" } as const;

/** The same query in another format: every row of it, not the page alone. */
export function exportUrl(csvUrl: string, format: string): string {
  return csvUrl.replace(/([?&]format=)csv\b/, `$1${format}`);
}

interface ExportProps {
  /** What the file is called, without its ending. */
  file: string;
  /** Belongs to what was asked for before, and is not to be had under the name of what is asked for now. */
  isOld: boolean;
}

interface State {
  text: string;
  isProblem: boolean;
}

/** Saves the whole list as a file; the key goes along as a header, so it is no plain link. */
export function Export({ url, file, isOld }: ExportProps & { url: string }) {
  const [state, say] = useState<State | null>(null);
  const run = async (format: keyof typeof FORMATS) => {
    say({ text: `${FORMATS[format]} is being written…`, isProblem: false });
    try {
      const response = await downloaded(exportUrl(url, format));
      save(await response.blob(), `${file}.${format}`);
      say({ text: `${file}.${format} is saved.`, isProblem: false });
    } catch (reason) {
      say({ text: unreachable(reason).message, isProblem: true });
    }
  };
  return (
    <Offered state={state}>
      {(Object.keys(FORMATS) as (keyof typeof FORMATS)[]).map((format) => (
        <button key={format} type="button" class="quiet" disabled={isOld} onClick={() => void run(format)}>
          {FORMATS[format]}
        </button>
      ))}
    </Offered>
  );
}

/** Saves rows that are here already: of an answer that is no list, the API writes no file. */
export function SaveRows({ rows, file, isOld }: ExportProps & { rows: readonly object[] }) {
  const [state, say] = useState<State | null>(null);
  const run = () => {
    save(new Blob([sheetOf(rows)], { type: "text/csv" }), `${file}.csv`);
    say({ text: `${file}.csv is saved.`, isProblem: false });
  };
  return (
    <Offered state={state}>
      <button type="button" class="quiet" disabled={isOld} onClick={run}>
        CSV
      </button>
    </Offered>
  );
}

function Offered({ state, children }: { state: State | null; children: ComponentChildren }) {
  return (
    <div class="export">
      <span class="buttons">{children}</span>
      <span role="status" class={state?.isProblem ? "is-problem" : undefined}>
        {state?.text}
      </span>
    </div>
  );
}
