/**
 * What Azure Monitor Logs denies although Data Explorer, whose recorded answers prove the engine, allows
 * it. Sources: Microsoft's page "Log queries in Azure Monitor", language differences; for commands,
 * plugins that call the web and `ipv6_lookup`, the line "Applies to" of their own pages, which does not name Azure Monitor. The
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
  {
    what: 'the plugins `http_request` and `http_request_post`',
    query: 'evaluate http_request("https://example.com")',
  },
  {
    what: 'the `ipv6_lookup` plugin',
    query: 'let N = datatable(n: string)["::/0"]; print a = "::1" | evaluate ipv6_lookup(N, a, n)',
  },
  { what: 'management commands, which begin with a dot', query: '.show tables' },
];

/** What a workspace answers and an archive can't: it reads other places, or changes how the engine works. */
export const ONLY_IN_A_WORKSPACE: readonly Denied[] = [
  { what: '`externaldata`', query: 'externaldata(a: string)["https://example.com/a.csv"]' },
  { what: '`workspace()`', query: 'workspace("w").ContainerRegistryLoginEvents | count' },
  { what: '`app()`', query: 'app("a").requests | count' },
  { what: '`resource()`', query: 'resource("r").AzureActivity | count' },
  { what: '`adx()`', query: 'adx("https://c.kusto.windows.net/d").T | count' },
  { what: '`arg()`', query: 'arg("").Resources | count' },
  { what: '`_GetWatchlist()`', query: '_GetWatchlist("people") | count' },
  {
    what: '`set` statements, but for the two that `bin_auto()` reads',
    query: 'set notruncation; print 1',
  },
];
