/** Puts a text that is still awaited on the clipboard; false where the browser does not allow it, or no text came. */
export async function isCopied(text: Promise<string>): Promise<boolean> {
  try {
    await write(text);
    return true;
  } catch {
    return false;
  }
}

async function write(text: Promise<string>) {
  if (typeof ClipboardItem === "undefined") {
    const words = await text;
    // Pages that came without TLS have no clipboard, so that this fails.
    return navigator.clipboard.writeText(words);
  }
  // Some browsers write only while a click is handled, so the item goes at once and its text follows.
  const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
  // A browser that refuses the item does not wait for it.
  blob.catch(() => undefined);
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}
