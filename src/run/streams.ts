import { streamName } from '../archive/layout';
import type { Catalog, ReportDefinition, Scope } from '../core/definitions';
import { TallymanError } from '../core/errors';

/** One report over one scope; it has one chain. */
export interface StreamDefinition {
  readonly stream: string;
  readonly report: ReportDefinition;
  readonly scope: Scope;
}

/** Every stream that the catalog defines, in order. */
export function streamsOf(catalog: Catalog): StreamDefinition[] {
  return catalog.reports.flatMap((report) =>
    report.scopes.map((scope) => ({ stream: streamName(report.id, scope.id), report, scope })),
  );
}

/** The streams of one report, or of one of its scopes. Throws ARGUMENT_INVALID when there is none. */
export function findStreams(
  catalog: Catalog,
  reportId: string,
  scopeId?: string,
): StreamDefinition[] {
  const all = streamsOf(catalog);
  const found = all.filter(
    ({ report, scope }) =>
      report.id === reportId && (scopeId === undefined || scope.id === scopeId),
  );
  if (found.length > 0) return found;
  const known = all.map(({ report, scope }) => `${report.id} (scope ${scope.id})`).join(', ');
  throw new TallymanError(
    'ARGUMENT_INVALID',
    `There is no report “${reportId}”${scopeId === undefined ? '' : ` with a scope “${scopeId}”`}.`,
    { hint: known === '' ? 'The catalog defines no report.' : `Known: ${known}.` },
  );
}
