import Papa from "papaparse";

/** What a spreadsheet takes for a formula, as the API's own CSV has it. */
const FORMULA = /^[=+\-@\t\r]/;

/** Rows as the API would write them as CSV: a column for each place, its names joined by `_`, lists as JSON. */
export function sheetOf(rows: readonly object[]): string {
  const cells = rows.map(cellsOf);
  // A place that is null in one row may have parts in another, so every row has its say.
  const columns = [...new Set(cells.flatMap(Object.keys))];
  return Papa.unparse(cells, { columns, escapeFormulae: FORMULA, newline: "\r\n" });
}

function cellsOf(row: object): Record<string, unknown> {
  const cells: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    if (Array.isArray(value)) cells[name] = JSON.stringify(value);
    else if (value !== null && typeof value === "object") {
      for (const [inner, cell] of Object.entries(cellsOf(value))) cells[`${name}_${inner}`] = cell;
    } else cells[name] = value;
  }
  return cells;
}
