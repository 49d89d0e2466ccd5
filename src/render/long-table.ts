/**
 * The rows of a table that may be long. A page has only a placeholder for them, `<tbody data-rows="ID"></tbody>`;
 * what writes HTML and what writes PDF each take them one by one, so that they are never one string.
 */
export interface LongTable {
  readonly count: number;
  /** Every row, each cell as people read it, made visible and not escaped. Each call begins anew. */
  rows(): Iterable<readonly string[]>;
}

/** By the placeholder’s id. */
export type LongTables = ReadonlyMap<string, LongTable>;
