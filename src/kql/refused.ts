/** Why names of Kusto are refused, where there is more to say than that nobody has proven them yet. */

/** A group of names that are refused for one reason. */
export interface Refusal {
  /** What the group is called on the page of what is supported. */
  readonly title: string;
  /** Names, or beginnings of names when they end in `*`. */
  readonly names: readonly string[];
  /** Said to the person whose query uses one of them. */
  readonly why: string;
}

/** In order; the first group that has a name is the one that counts. */
export const REFUSALS: readonly Refusal[] = [
  {
    title: 'Other places than the archive',
    names: [
      'cluster',
      'database',
      'workspace',
      'app',
      'resource',
      'adx',
      'arg',
      'externaldata',
      'external_table',
      'external_datatable',
      'materialized_view',
      'stored_query_result',
      'entity_group',
      'table',
      'current_cluster_endpoint',
      'current_database',
    ],
    why: 'A query reads only the tables of this archive.',
  },
  {
    title: 'Plugins that run code or call services',
    names: [
      'python',
      'r',
      'csharp',
      'http_request*',
      'sql_request',
      'mysql_request',
      'postgresql_request',
      'cosmosdb_sql_request',
      'dax_request',
      'azure_digital_twins_query_request',
      'ai_*',
      'execute_query',
      'execute_show_command',
      'infer_storage_schema*',
    ],
    why: 'A query runs no code and calls nothing.',
  },
  {
    title: 'Statements other than let',
    names: ['set', 'alias', 'declare', 'restrict'],
    why: 'A query is let statements and one tabular expression; what others set is fixed here.',
  },
  {
    title: 'Who asks, and how the data is stored',
    names: [
      'current_principal*',
      'cursor_*',
      'current_cursor',
      'extent*',
      'row_id',
      'current_node_id',
    ],
    why: 'Azure Monitor Logs denies it too.',
  },
  {
    title: 'Chance',
    names: ['rand', 'new_guid', 'sample'],
    why: 'A report must give the same rows again.',
  },
  {
    title: 'Geography',
    names: ['geo_info_from_ip_address', 'geo_*'],
    why: 'There is no geography database here; leave the column out.',
  },
  {
    title: 'Sketches',
    names: [
      'hll',
      'hll_*',
      'dcount_hll',
      'dcount_intersect',
      'tdigest',
      'tdigest_*',
      'merge_tdigest',
      'percentile_tdigest',
      'percentiles_array_tdigest',
      'percentrank_tdigest',
      'rank_tdigest',
    ],
    why: 'Their bytes are Kusto’s own; count with dcount, or use percentile.',
  },
  {
    title: 'Models of series, and learning plugins',
    names: [
      'series_decompose*',
      'series_outliers',
      'series_periods_*',
      'series_seasonal',
      'series_fit_2lines*',
      'series_fit_poly',
      'autocluster',
      'basket',
      'diffpatterns',
      'reduce',
    ],
    why: 'Its results depend on choices that are not documented.',
  },
  {
    title: 'Not in Azure Monitor Logs',
    names: ['ipv6_lookup'],
    why: 'Microsoft documents it for Data Explorer and Fabric alone. Filter with ipv6_is_in_any_range, or join on parse_ipv6_mask(Address, 64).',
  },
  {
    title: 'Numbers made in a way that is not told',
    names: ['hash_combine', 'hash_many'],
    why: 'How hashes are mixed is not documented, and one example does not show it; hash the joined texts: hash_sha256(strcat_delim("|", …)).',
  },
  {
    title: 'Graphs',
    names: [
      'make-graph',
      'graph*',
      'inner_nodes',
      'node_id',
      'node_degree_*',
      'labels',
      'all',
      'any',
      'map',
    ],
    why: 'Graphs are not read here.',
  },
  {
    title: 'Several answers, or none',
    names: ['facet', 'fork', 'consume'],
    why: 'A query has one answer; ask each as a query of its own.',
  },
  {
    title: 'Tables that are looked for',
    names: ['find'],
    why: 'Name them: union withsource=Table Logins, Events | where Identity has "jane"; or search in (Logins, Events) "jane".',
  },
  {
    title: 'Bytes of a compressor',
    names: ['gzip_compress_to_base64_string', 'zlib_compress_to_base64_string'],
    why: 'The same text can be compressed to different bytes; compare hash_sha256(…) instead.',
  },
  {
    title: 'XML',
    names: ['parse_xml'],
    why: 'What becomes of attributes, mixed content and names that come twice is only shown by examples; take what you need with extract(…).',
  },
  {
    title: 'Plugins that count users and sessions',
    names: [
      'active_users_count',
      'activity_*',
      'new_activity_metrics',
      'funnel_*',
      'rolling_percentile',
      'rows_near',
      'sequence_detect',
      'session_count',
      'sliding_window_counts',
    ],
    why: 'Count with summarize dcount(…) by bin(…), and tell sessions with scan or row_window_session(…).',
  },
  {
    title: 'Lists kept in Microsoft Sentinel',
    names: ['_GetWatchlist'],
    why: 'Write the list into the query with datatable.',
  },
  {
    title: 'Functions kept in Microsoft Sentinel',
    names: ['_ASIM_*', '_Im_*'],
    why: 'They lie in a workspace; name the tables that they read.',
  },
];

/** Why a name is refused, for the hint of the error; undefined when it is only not proven yet. */
export function whyRefused(name: string): string | undefined {
  return refusalOf(name)?.why;
}

/** The group of refusals that a name belongs to. */
export function refusalOf(name: string): Refusal | undefined {
  return REFUSALS.find((group) =>
    group.names.some((pattern) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name,
    ),
  );
}
