/** The counting rules as the API serves them; its description leaves the lists open. */
export interface Definition {
  version: string;
  title: string;
  summary: string;
  rules: { number: number; title: string; text: string; clauses: number[] }[];
  sections: { letter: string; title: string }[];
  clauses: { number: number; section: string; title: string; text: string; terms: string[] }[];
  glossary: { term: string; text: string; fields: string[]; clauses: number[] }[];
}

export type Entry = Definition["glossary"][number];

/** The entry of a field: its own, that of the list it stands in, or that of what every answer has. */
export function entryOf(definition: Definition, field: string): Entry | undefined {
  const named = (name: string) => definition.glossary.find((entry) => entry.fields.includes(name));
  const parts = field.split("/");
  const shared = named(["*", ...parts.slice(1)].join("/"));
  if (named(field) ?? shared) return named(field) ?? shared;
  const within = parts.slice(0, -1).join("/");
  return parts.length > 2 ? entryOf(definition, within) : undefined;
}
