import { useState } from "preact/hooks";
import { downloaded } from "../api/client";
import { unreachable } from "../api/problem";
import { isCopied } from "../parts/copy";
import { save } from "../parts/save";
import { counted } from "../show/numbers";

/** Forms that are pasted into a search field, with what takes them. */
const PASTED = { lightroom: "Lightroom", capture_one: "Capture One", finder: "Finder", txt: "one a line" } as const;
type Pasted = keyof typeof PASTED;

interface Said {
  text: string;
  isProblem?: boolean;
  /** The names, of which the first are shown, or all where the reader has to copy them. */
  names?: string;
  isByHand?: boolean;
}

/** How many names an answer has; a name may hold what parts it from the next, so the API counts them. */
function many(response: Response): string {
  const names = response.headers.get("loupe-names");
  return names === null ? "File names" : counted(Number(names), "file name");
}

function leftOut(response: Response): string {
  const left = Number(response.headers.get("loupe-left-out") ?? 0);
  return left > 0 ? ` ${counted(left, "file")} whose name is not known ${left === 1 ? "is" : "are"} left out.` : "";
}

/** What became of names that were asked for to be copied. */
async function copied(asked: Promise<Response>, form: Pasted): Promise<Said> {
  const text = asked.then((response) => response.text());
  const isByHand = !(await isCopied(text));
  const [response, names] = [await asked, await text];
  if (isByHand) {
    const why = "The browser does not allow copying: copy them from here.";
    return { text: `${many(response)} for ${PASTED[form]}. ${why}${leftOut(response)}`, names, isByHand };
  }
  return { text: `${many(response)} copied for ${PASTED[form]}.${leftOut(response)}`, names };
}

async function saved(asked: Promise<Response>, file: string): Promise<Said> {
  const response = await asked;
  save(await response.blob(), file);
  return { text: `The sidecars are saved.${leftOut(response)}` };
}

/** Copies the names of favourites, or saves sidecars. */
export function FileNames({ id }: { id: string }) {
  const [said, say] = useState<Said | null>(null);
  const run = async (form: Pasted | "xmp") => {
    const asked = downloaded(`/collections/${encodeURIComponent(id)}/favorites?format=${form}`);
    try {
      say(form === "xmp" ? await saved(asked, `favourites_${id}_xmp.zip`) : await copied(asked, form));
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
      {said?.names &&
        (said.isByHand ? <ByHand names={said.names} /> : <p class="preview">{said.names.slice(0, 240)}</p>)}
    </div>
  );
}

/** All names, selected, for whoever has to copy them by hand. */
function ByHand({ names }: { names: string }) {
  const select = (area: HTMLTextAreaElement | null) => {
    area?.focus();
    area?.select();
  };
  return <textarea key={names} ref={select} readOnly rows={6} aria-label="File names" value={names} />;
}
