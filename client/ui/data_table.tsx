// A table of plain data, in pages if it is long. All tables of the dashboard and of the report are made of it.

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { Pager } from "./pager.tsx";

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly isNumber?: boolean;
  /** Set for the column that names the row. */
  readonly isHead?: boolean;
  /** Set for a column that takes the rest of the width. */
  readonly isWide?: boolean;
}

interface DataTableProps<Row> {
  /** The name of the table, for screen readers; shown if `showCaption` is set. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** The text in place of an empty table. */
  readonly empty?: string;
  /** The number of rows of a page. The default is 50. */
  readonly pageSize?: number;
  /** The key of the row that is selected. */
  readonly selected?: string | undefined;
}

/** Shows rows in a table that can be scrolled sideways. */
export function DataTable<Row>(props: DataTableProps<Row>): JSX.Element {
  const { caption, columns, rows, keyOf, empty = "Nothing yet.", pageSize = 50, selected } = props;
  const [offset, setOffset] = useState(0);
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  const start = offset < rows.length ? offset : 0;
  const shown = rows.slice(start, start + pageSize);
  return (
    <>
      <div class="table-scroll" role="region" aria-label={caption} tabIndex={0}>
        <table>
          <caption class="sr-only">{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ title, isNumber, isWide }) => (
                <th key={title} scope="col" class={classOf(isNumber, isWide)}>{title}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => {
              const key = keyOf(row);
              return (
                <tr key={key} class={key === selected ? "selected" : undefined}>
                  {columns.map(({ title, cell, isNumber, isHead, isWide }) =>
                    isHead
                      ? <th key={title} scope="row">{cell(row)}</th>
                      : <td key={title} class={classOf(isNumber, isWide)}>{cell(row)}</td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {rows.length > pageSize && (
        <Pager
          name={caption}
          total={rows.length}
          offset={start}
          limit={pageSize}
          onOffset={setOffset}
        />
      )}
    </>
  );
}

function classOf(isNumber = false, isWide = false): string | undefined {
  return isNumber ? "number" : isWide ? "wide" : undefined;
}
