/**
 * What Azure Monitor Logs denies although Data Explorer, whose recorded answers prove the engine, allows
 * it. Source: Microsoft's page "Log queries in Azure Monitor", language differences (2024-05-26). The
 * engine refuses each of these, so that a query which works here works in a workspace.
 */
export interface Denied {
  /** What is denied, as people write it. */
  readonly what: string;
  /** A query that uses it, which must be refused. */
  readonly query: string;
}

/** Statements, functions, operators and plugins that a workspace does not have. */
export const DENIED_BY_AZURE_MONITOR: readonly Denied[] = [
  { what: '`alias database`', query: 'alias database d = cluster("c").database("d"); print 1' },
  {
    what: '`declare query_parameters`',
    query: 'declare query_parameters(x: long = 1); print x',
  },
  { what: '`cluster()` and joins across clusters', query: 'cluster("c").database("d").T | count' },
  { what: '`database()`', query: 'database("d").T | count' },
  { what: '`current_principal()`', query: 'print current_principal()' },
  { what: '`cursor_after()`', query: 'print x = 1 | where cursor_after("1")' },
  { what: '`cursor_before_or_at()`', query: 'print x = 1 | where cursor_before_or_at("1")' },
  { what: '`cursor_current()`, `current_cursor()`', query: 'print cursor_current()' },
  { what: '`extent_id()`', query: 'print x = 1 | extend extent_id()' },
  { what: '`extent_tags()`', query: 'print x = 1 | extend extent_tags()' },
  {
    what: 'the `python` plugin',
    query: 'print x = 1 | evaluate python(typeof(*), "result = df")',
  },
  {
    what: 'the `sql_request` plugin',
    query: 'evaluate sql_request("Server=s", "select 1") : (x: long)',
  },
];
