import { useState } from "preact/hooks";
import { downloaded } from "../api/client";
import { unreachable } from "../api/problem";
import { save } from "../parts/save";
import { counted } from "../show/numbers";

/** Forms that are pasted into a search field, with what takes them. */
const PASTED = { lightroom: "Lightroom", capture_one: "Capture One", finder: "Finder", txt: "one a line" } as const;
type Pasted = keyof typeof PASTED;

/** How many names a text holds, by how the form parts them. */
export function namesIn(text: string, form: Pasted): number {
  const parts = { lightroom: ",", capture_one: " ", finder: " OR ", txt: "\n" };
  return text.trim() === "" ? 0 : text.trim().split(parts[form]).length;
}

function leftOut(response: Response): string {
  const left = Number(response.headers.get("loupe-left-out") ?? 0);
  return left > 0 ? ` ${counted(left, "file")} whose name is not known ${left === 1 ? "is" : "are"} left out.` : "";
}

/** Copies the names of favourites, or saves sidecars. */
export function FileNames({ id }: { id: string }) {
  const [said, say] = useState<{ text: string; isProblem: boolean; names?: string } | null>(null);
  const run = async (form: Pasted | "xmp") => {
    try {
      const response = await downloaded(`/collections/${encodeURIComponent(id)}/favorites?format=${form}`);
      if (form === "xmp") {
        save(await response.blob(), `favourites_${id}_xmp.zip`);
        return say({ text: `The sidecars are saved.${leftOut(response)}`, isProblem: false });
      }
      const names = await response.text();
      await navigator.clipboard.writeText(names);
      const many = counted(namesIn(names, form), "file name");
      say({ text: `${many} copied for ${PASTED[form]}.${leftOut(response)}`, isProblem: false, names });
    } catch (reason) {
      say({ text: unreachable(reason).message, isProblem: true });
    }
  };
  return (
    <div class="names">
      <button type="button" class="main" onClick={() => void run("lightroom")}>
        Copy for Lightroom
      </button>
      {(["capture_one", "finder", "txt"] as const).map((form) => (
        <button key={form} type="button" onClick={() => void run(form)}>
          {form === "txt" ? "Copy, one a line" : `Copy for ${PASTED[form]}`}
        </button>
      ))}
      <button type="button" onClick={() => void run("xmp")}>
        Save XMP sidecars
      </button>
      <p role="status" class={said?.isProblem ? "is-problem" : undefined}>
        {said?.text ?? "In Lightroom, paste into the Library Filter: Text, Filename, Contains."}
      </p>
      {said?.names && <p class="preview">{said.names.slice(0, 240)}</p>}
    </div>
  );
}
