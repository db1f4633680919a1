import { expect, test } from "vitest";
import { Turns } from "./turns";

test("no more than the allowed number run at once, and all run in order", async () => {
  const turns = new Turns(2);
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  const task = (index: number) => async () => {
    begun.push(index);
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setTimeout(done, 1));
    running -= 1;
    return index;
  };
  const done = await Promise.all([0, 1, 2, 3, 4].map((index) => turns.take(task(index))));
  expect(done).toEqual([0, 1, 2, 3, 4]);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
});

test("a task that fails gives its place on", async () => {
  const turns = new Turns(1);
  const failed = turns.take(() => Promise.reject(new Error("no")));
  const next = turns.take(async () => "next");
  await expect(failed).rejects.toThrow("no");
  await expect(next).resolves.toBe("next");
});
