/** Texts and numbers, each matched as a whole: digits inside a text and behind a point stay as they are. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const INTEGER = /^-?\d+$/;

/** JSON in which integers that a JavaScript number would round are texts. */
export function withWholeIds(json: string): string {
  return json.replace(TOKENS, (token) => {
    const isRounded = INTEGER.test(token) && !Number.isSafeInteger(Number(token));
    return isRounded ? `"${token}"` : token;
  });
}
