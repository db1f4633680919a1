import type { ComponentChildren } from "preact";
import { Term } from "./figure";

/** A column: its name, what it is defined by, and how a row fills it. */
export interface Column<R> {
  name: string;
  field?: string;
  isNumber?: boolean;
  /** Names the row, and is its heading. */
  isHead?: boolean;
  cell: (row: R) => ComponentChildren;
}

interface Props<R> {
  caption: string;
  columns: Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
}

/** Rows in columns; on a narrow screen each row becomes a small sheet of its own, by the style sheet. */
export function Table<R>({ caption, columns, rows, rowKey }: Props<R>) {
  return (
    <table>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.name} scope="col" class={column.isNumber ? "number" : undefined}>
              {column.field ? <Term field={column.field}>{column.name}</Term> : column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map((column) => (
              <Cell key={column.name} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell<R>({ column, row }: { column: Column<R>; row: R }) {
  const { name, isHead, isNumber, cell } = column;
  const shown = <span class="value">{cell(row)}</span>;
  if (isHead) {
    return (
      <th scope="row" data-name={name}>
        {shown}
      </th>
    );
  }
  return (
    <td data-name={name} class={isNumber ? "number" : undefined}>
      {shown}
    </td>
  );
}
