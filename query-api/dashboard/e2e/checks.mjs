// A list of checks and how they went.

/** @type {string[]} */
const failed = [];
let passed = 0;

/** Notes one check, and says what is wrong where something is. */
export function check(/** @type {string} */ what, /** @type {boolean} */ holds, /** @type {unknown} */ otherwise = "") {
  if (holds) {
    passed += 1;
    return;
  }
  const text = `${what}${otherwise === "" ? "" : `: ${typeof otherwise === "string" ? otherwise : JSON.stringify(otherwise)}`}`;
  failed.push(text);
  console.error(`✗ ${text}`);
}

/** Notes that a list of wrongs is empty. */
export function none(/** @type {string} */ what, /** @type {string[]} */ wrongs) {
  check(what, wrongs.length === 0, wrongs.join("\n    "));
}

/** Runs a part; an exception is one more failed check. */
export async function part(/** @type {string} */ name, /** @type {() => Promise<void>} */ run) {
  const before = failed.length;
  const begun = Date.now();
  try {
    await run();
  } catch (error) {
    check(name, false, error instanceof Error ? error.message : String(error));
  }
  const mark = failed.length === before ? "✓" : "✗";
  console.log(`${mark} ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
}

export function report() {
  console.log(`${passed} checks passed, ${failed.length} failed`);
  return failed.length === 0;
}
