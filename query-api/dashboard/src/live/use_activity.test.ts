import { expect, test } from "vitest";
import { isNews, type ToldDeed, withDeed } from "./use_activity";

const told = (name: string, id: string, status = "requested") => ({ name, data: { id, status } });

test("a row that is told again moves to the top, as it is now", () => {
  let deeds: ToldDeed[] = [];
  for (const event of [
    told("download", "a"),
    told("favorite", "a"),
    told("download", "b"),
    told("download", "a", "completed"),
  ]) {
    deeds = withDeed(deeds, event);
  }
  expect(deeds.map((deed) => `${deed.kind} ${deed.row.id}`)).toEqual(["download a", "download b", "favorite a"]);
  expect((deeds[0]?.row as { status?: string } | undefined)?.status).toBe("completed");
});

test("a position is news only when something happened in the collection", () => {
  expect(isNews({ name: "position", data: { position: "e7:9", events: 0, types: {} } })).toBe(false);
  expect(isNews({ name: "position", data: { position: "e7:9", events: 1, types: {} } })).toBe(true);
  expect(isNews(told("download", "a"))).toBe(true);
});

test("old deeds leave", () => {
  let deeds: ToldDeed[] = [];
  for (let index = 0; index < 50; index += 1) deeds = withDeed(deeds, told("download", String(index)));
  expect(deeds).toHaveLength(40);
  expect(deeds[0]?.row.id).toBe("49");
});
