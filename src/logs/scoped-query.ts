import type { Scope } from '../core/definitions';

/** Tables of which each record belongs to one registry. */
const REGISTRY_TABLES = [
  'ContainerRegistryLoginEvents',
  'ContainerRegistryRepositoryEvents',
  'AzureMetrics',
];

/**
 * The query with each registry table that it names narrowed to the scope's registries, by a `let` of
 * the same name before it: in Kusto the right-hand side still means the table. All stands on the
 * query's first line, so that line numbers in the service's messages stay right. What cannot be kept:
 * `union withsource=` then shows `union_arg0` in place of the table's name; the column Type still has it.
 */
export function scopedQuery(kql: string, scope: Scope): string {
  const { registries } = scope;
  if (registries === 'all') return kql;
  const condition = registries
    .map((name) => `_ResourceId endswith ${kqlText(`/registries/${name}`)}`)
    .join(' or ');
  const lets = REGISTRY_TABLES.filter((table) => new RegExp(`\\b${table}\\b`).test(kql)).map(
    (table) => `let ${table} = ${table} | where ${condition === '' ? 'false' : condition}; `,
  );
  return lets.join('') + kql;
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
