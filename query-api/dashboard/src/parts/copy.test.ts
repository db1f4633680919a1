import { afterEach, expect, test, vi } from "vitest";
import { isCopied } from "./copy";

afterEach(() => void vi.unstubAllGlobals());

/** A browser's clipboard, which takes what is written within the click, or refuses. */
function clipboard(isAllowed: boolean, hasItems = true) {
  const taken: string[] = [];
  const take = async (text: Promise<string>) => {
    if (!isAllowed) throw new DOMException("not allowed", "NotAllowedError");
    taken.push(await text);
  };
  class Item {
    constructor(readonly parts: Record<string, Promise<Blob>>) {}
  }
  const write = vi.fn(([item]: Item[]) =>
    take((item?.parts["text/plain"] ?? Promise.reject(new Error("no text"))).then((blob) => blob.text())),
  );
  vi.stubGlobal("navigator", { clipboard: { write, writeText: (text: string) => take(Promise.resolve(text)) } });
  if (hasItems) vi.stubGlobal("ClipboardItem", Item);
  return { taken, write };
}

test("a text is given to the clipboard before it has come", async () => {
  const { taken, write } = clipboard(true);
  let come = (_: string) => {};
  const copied = isCopied(new Promise((resolve) => (come = resolve)));
  expect(write).toHaveBeenCalledOnce();
  come("DSC_1, DSC_2");
  expect(await copied).toBe(true);
  expect(taken).toEqual(["DSC_1, DSC_2"]);
});

test("without items the text is written once it is there", async () => {
  const { taken } = clipboard(true, false);
  expect(await isCopied(Promise.resolve("DSC_1"))).toBe(true);
  expect(taken).toEqual(["DSC_1"]);
});

test("a browser that refuses, or has no clipboard, copies nothing", async () => {
  clipboard(false);
  expect(await isCopied(Promise.resolve("DSC_1"))).toBe(false);
  vi.unstubAllGlobals();
  vi.stubGlobal("navigator", {});
  expect(await isCopied(Promise.resolve("DSC_1"))).toBe(false);
  expect(await isCopied(Promise.reject(new Error("no answer")))).toBe(false);
});
