// Writes src/api/schema.d.ts from the description that the API at LOUPE_URL serves, cut to what the dashboard reads.

import { writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const url = process.env.LOUPE_URL ?? "http://127.0.0.1:8080";
const OUT = new URL("../src/api/schema.d.ts", import.meta.url);
const HEAD = "// Written by `npm run types` from the API's description; not edited by hand.\n\n";

/** 64-bit ids that a JavaScript number cannot hold come as text, see whole_ids.ts. */
function widenIds(/** @type {any} */ node, name = "") {
  if (Array.isArray(node)) {
    for (const entry of node) widenIds(entry);
    return;
  }
  if (node === null || typeof node !== "object") return;
  const kind = node.type;
  const isInteger = kind === "integer" || (Array.isArray(kind) && kind.includes("integer"));
  if (isInteger && (name === "id" || name.endsWith("_id"))) node.type = [kind, "string"].flat();
  for (const [key, value] of Object.entries(node)) {
    if (key === "properties") {
      for (const [property, schema] of Object.entries(/** @type {any} */ (value))) widenIds(schema, property);
    } else {
      widenIds(value);
    }
  }
}

/** Parameters as they are written in a URL; headers are left to the browser. */
function parametersOf(/** @type {any[]} */ parameters) {
  const read = parameters.filter((parameter) => parameter.in !== "header");
  return read.map((parameter) => {
    const isId = parameter.schema?.type === "integer" && /(^|_)id$/.test(parameter.name);
    return isId ? { ...parameter, schema: { type: ["integer", "string"] } } : parameter;
  });
}

/** The answer that is read, and the one body of all errors. */
function responsesOf(/** @type {any} */ responses) {
  const schema = responses["200"].content?.["application/json"]?.schema;
  const problem = { $ref: "#/components/schemas/Problem" };
  return {
    200: { description: "", content: { "application/json": { schema: schema ?? {} } } },
    default: { description: "", content: { "application/problem+json": { schema: problem } } },
  };
}

const document = await (await fetch(new URL("/openapi.json", url))).json();
delete document.paths["/collections/{collection_id}/activity/stream"];
delete document.paths["/openapi.json"];
document.components.schemas.TimeZone = { type: "string" };
document.components = { schemas: document.components.schemas };
// A dashboard only reads.
for (const [path, { get }] of /** @type {[string, any][]} */ (Object.entries(document.paths))) {
  if (!get) {
    delete document.paths[path];
    continue;
  }
  get.parameters = parametersOf(get.parameters);
  get.responses = responsesOf(get.responses);
}
widenIds(document.components.schemas);
const tree = await openapiTS(document, { defaultNonNullable: false });
await writeFile(OUT, HEAD + astToString(tree));
