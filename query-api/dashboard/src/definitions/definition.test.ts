import { expect, test } from "vitest";
import { type Definition, entryOf } from "./definition";

const entry = (term: string, ...fields: string[]) => ({ term, text: "", fields, clauses: [] });
const definition = {
  glossary: [
    entry("downloads", "downloads/summary/downloads"),
    entry("by_status", "downloads/summary/by_status"),
    entry("total", "*/meta/total"),
  ],
} as unknown as Definition;

test("a field has its own entry, that of what it is part of, or the one all answers share", () => {
  expect(entryOf(definition, "downloads/summary/downloads")?.term).toBe("downloads");
  expect(entryOf(definition, "downloads/summary/by_status/failed")?.term).toBe("by_status");
  expect(entryOf(definition, "photos_starred/meta/total")?.term).toBe("total");
  expect(entryOf(definition, "downloads/summary/nonsense")).toBeUndefined();
});
