import { useState } from "preact/hooks";
import { downloaded } from "../api/client";
import { unreachable } from "../api/problem";
import { save } from "./save";

const FORMATS = { csv: "CSV", ndjson: "NDJSON", parquet: "Parquet" } as const;

/** The same query in another format: every row of it, not the page alone. */
export function exportUrl(csvUrl: string, format: string): string {
  return csvUrl.replace(/([?&]format=)csv\b/, `$1${format}`);
}

/** Saves the whole list as a file; the key goes along as a header, so it is no plain link. */
export function Export({ url, file }: { url: string; file: string }) {
  const [state, say] = useState<{ text: string; isProblem: boolean } | null>(null);
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
    <div class="export">
      <span class="buttons">
        {(Object.keys(FORMATS) as (keyof typeof FORMATS)[]).map((format) => (
          <button key={format} type="button" class="quiet" onClick={() => void run(format)}>
            {FORMATS[format]}
          </button>
        ))}
      </span>
      <span role="status" class={state?.isProblem ? "is-problem" : undefined}>
        {state?.text}
      </span>
    </div>
  );
}
