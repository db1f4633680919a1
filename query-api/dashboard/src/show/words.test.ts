import { expect, test } from "vitest";
import { person, status, word } from "./words";

test("rule 15: a client whom the catalogue does not know is called by the id, and only an erased one is erased", () => {
  expect(person({ id: "cl_7Hk2mPq4", name: "Ana Ruiz", email: "ana@ex.com" })).toBe("Ana Ruiz");
  expect(person({ id: "cl_7Hk2mPq4", name: null, email: "ana@ex.com" })).toBe("ana@ex.com");
  expect(person({ id: "cl_7Hk2mPq4", name: null, email: null })).toBe("Client cl_7Hk2mP…");
  expect(person({ id: "cl_erased_7Hk2", name: null, email: null })).toBe("Erased client");
  expect(person(null)).toBe("Guest");
});

test("a state is called otherwise than a reason to write", () => {
  expect([status("partial"), word("partial"), word("web_2048"), word("by_nobody")]).toEqual([
    "Partial",
    "Broke off",
    "Web 2048",
    "By nobody",
  ]);
});
