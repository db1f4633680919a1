import { expect, test } from "vitest";
import { exportUrl } from "./export";

test("the query stays and its format changes", () => {
  expect(exportUrl("/collections/1/downloads?status=partial&format=csv", "parquet")).toBe(
    "/collections/1/downloads?status=partial&format=parquet",
  );
  expect(exportUrl("/photos/starred?format=csv", "ndjson")).toBe("/photos/starred?format=ndjson");
});
