import { expect, test } from "vitest";
import type { Deed, ToldDeed } from "../live/use_activity";
import { merged } from "./latest";

const download = (id: string, status: string) => ({ kind: "download", row: { id, status } }) as Deed;
const told = (id: string, status: string, toldAt: number) => ({ ...download(id, status), toldAt }) as ToldDeed;
const shown = (deeds: Deed[]) => deeds.map((deed) => `${deed.row.id} ${(deed.row as { status: string }).status}`);

test("rule 6: a list asked for after a download was told says that it broke off, in its place", () => {
  const deeds = [told("b", "in_progress", 100), told("x", "in_progress", 90), told("a", "in_progress", 50)];
  const listed = [download("c", "completed"), download("b", "requested"), download("a", "partial")];
  expect(shown(merged(deeds, listed, 70))).toEqual(["b in_progress", "x in_progress", "a partial", "c completed"]);
});

test("of what was not told the first few are shown", () => {
  const listed = Array.from({ length: 14 }, (_, index) => download(String(index), "completed"));
  expect(merged([], listed, 1)).toHaveLength(6);
  expect(merged([told("9", "completed", 1)], listed, 1)).toHaveLength(7);
});
