import type { Text } from '../core/language';
import { listed, phrase } from '../core/language';
import type { AuditResult, Report } from '../core/report';
import { rowAsRecord } from '../core/table';
import { visible } from './visible';

/** Names in the sentence; more are counted. */
const NAMED = 8;

const CREATED = /^microsoft\.containerregistry\/registries\/write$/i;
const REGISTRY = /\/providers\/microsoft\.containerregistry\/registries\/([^/]+)$/i;

/**
 * Registries that the activity log says were created or changed in the period and that no record came of: coverage knows
 * registries by their records, so it is silent about them. Undefined when there is none.
 */
export function unheardText(report: Report): Text | undefined {
  const heard = new Set([
    ...report.registries,
    ...report.coverage.registries.map(({ registry }) => registry.toLowerCase()),
  ]);
  const names = new Set(report.audits.flatMap(createdIn).filter((name) => !heard.has(name)));
  if (names.size === 0) return undefined;
  const registries = listed([...names].sort().slice(0, NAMED));
  return phrase('notice.unheard', { count: names.size, registries });
}

function createdIn({ table, tables }: AuditResult): string[] {
  if (!tables.includes('AzureActivity')) return [];
  const names: string[] = [];
  for (const row of table.rows) {
    const { OperationName, ResourceId, Outcome } = rowAsRecord(table, row);
    const [, name] = REGISTRY.exec(String(ResourceId)) ?? [];
    if (name !== undefined && CREATED.test(String(OperationName)) && Outcome === 'succeeded')
      names.push(visible(name.toLowerCase(), 80));
  }
  return names;
}
