import type { Scope } from '../core/definitions';
import type { Interval } from '../core/period';

/** Tables of which each record belongs to one registry. */
const REGISTRY_TABLES = [
  'ContainerRegistryLoginEvents',
  'ContainerRegistryRepositoryEvents',
  'AzureMetrics',
];

/** Records of one table within a part of the session's window. */
export interface TableSlice {
  readonly table: string;
  readonly window: Interval;
}

/**
 * The query with each registry table that it names narrowed to the scope's registries, by a `let` of
 * the same name before it: in Kusto the right-hand side still means the table. All stands on the
 * query's first line, so that line numbers in the service's messages stay right. What cannot be kept:
 * `union withsource=` then shows `union_arg0` in place of the table's name; the column Type still has it.
 * A slice narrows its table further, to the tick.
 */
export function scopedQuery(kql: string, scope: Scope, slice?: TableSlice): string {
  const condition = scopeCondition(scope);
  const filters = new Map<string, string>();
  for (const table of condition === undefined ? [] : REGISTRY_TABLES) {
    if (new RegExp(`\\b${table}\\b`).test(kql)) filters.set(table, `| where ${condition ?? ''}`);
  }
  if (slice !== undefined) {
    const { table, window } = slice;
    const time = `| where TimeGenerated >= datetime(${window.start}) and TimeGenerated < datetime(${window.end})`;
    filters.set(table, [time, filters.get(table) ?? ''].join(' ').trim());
  }
  const lets = [...filters].map(([table, filter]) => `let ${table} = ${table} ${filter}; `);
  return lets.join('') + kql;
}

function scopeCondition({ registries }: Scope): string | undefined {
  if (registries === 'all') return undefined;
  if (registries.length === 0) return 'false';
  return registries
    .map((name) => `_ResourceId endswith ${kqlText(`/registries/${name}`)}`)
    .join(' or ');
}

/**
 * The registries of the scope that have a record of any kind in the session's window. A table that does
 * not exist yet is left out.
 */
export function registriesQuery(scope: Scope): string {
  const tables = REGISTRY_TABLES.map(
    (table) => `(${table} | where _ResourceId contains "/registries/" | distinct _ResourceId)`,
  );
  const union = `union isfuzzy=true ${tables.join(', ')} | distinct _ResourceId | order by _ResourceId asc`;
  return scopedQuery(union, scope);
}

function kqlText(text: string): string {
  return JSON.stringify(text);
}
