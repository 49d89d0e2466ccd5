/**
 * What may be concluded when an answer differs from an earlier one to the same question.
 * `records`: each row is one log record, so a row that is gone is a record that is gone.
 * `derived`: rows are computed from several records, so records that came late change them.
 * `approximate`: the same records may be answered in more than one way, so a difference proves nothing.
 */
export type QueryNature = 'records' | 'derived' | 'approximate';

/** Operators that keep one row for each record. */
const ROW_BY_ROW = new Set([
  'where',
  'project',
  'project-away',
  'project-keep',
  'project-rename',
  'project-reorder',
  'extend',
  'parse',
  'parse-where',
  'order',
  'sort',
]);

/** Functions over several rows, which a row-by-row operator may call all the same. */
const OVER_ROWS = /\b(toscalar|prev|next|row_\w+|materialize)\s*\(/i;

/** Estimates, operators that take whichever rows come first, and a function by a list that Azure changes. */
const UNDEFINED =
  /\b(dcount\w*|hll\w*|tdigest\w*|percentiles?\w*|take_any\w*|any|anyif|arg_min|arg_max|rand|parse_user_agent|sample|sample-distinct|top-hitters|top-nested)\s*\(|\|\s*(take|limit|sample|sample-distinct|top-hitters|top-nested)\b/i;

/** Which of the three a query is, by its text. What is not known to be row by row counts as derived. */
export function natureOf(query: string): QueryNature {
  const text = withoutTexts(query);
  if (UNDEFINED.test(text)) return 'approximate';
  const operators = [...text.matchAll(/\|\s*([a-z]+(?:-[a-z]+)*)/gi)].map((match) =>
    (match[1] ?? '').toLowerCase(),
  );
  const byRow = operators.every((name) => ROW_BY_ROW.has(name)) && !OVER_ROWS.test(text);
  // A `let` of rows, a union or a subquery is more than one pipe of records.
  const onePipe = !/\b(union|let|join|lookup)\b/i.test(text) && !hasSubquery(text);
  return byRow && onePipe ? 'records' : 'derived';
}

/** Whether a pipe stands within parentheses, as in `A in ((U | project A))`. */
function hasSubquery(text: string): boolean {
  let depth = 0;
  for (const sign of text) {
    if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    else if (sign === '|' && depth > 0) return true;
  }
  return false;
}

/** Whether the order within the lists of its rows is not defined. */
export function listsAreUnordered(query: string): boolean {
  return /\bmake_(set|list|bag)\w*\s*\(/i.test(withoutTexts(query));
}

/** The query without comments and with every string literal empty. */
function withoutTexts(query: string): string {
  return query.replace(
    /\/\/[^\n]*|@"(?:[^"]|"")*"|@'(?:[^']|'')*'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g,
    (found) => (found.startsWith('//') ? '' : '""'),
  );
}
