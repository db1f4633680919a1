/** Text in which what stands between backquotes is a name of the API. */
export function Prose({ text }: { text: string }) {
  return <p>{text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</p>;
}
