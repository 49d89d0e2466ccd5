import type { AuditResult, Report } from '../core/report';
import type { Cell } from '../core/table';
import { firstRows, rowAsRecord } from '../core/table';
import { formatNumber, localTime, wholeSeconds } from './format';
import type { LongTable } from './long-table';
import { visible } from './visible';
import { deedsText, seenText, WITHOUT_NAME } from './words';

/** Identities that an access review lists; the answer's file has all. */
const LISTED = 500;

/** An answer with these columns says of each identity what it is and what it did. */
const COLUMNS = ['Identity', 'Actor', 'Seen', 'Events', 'LastTime'];

const DEEDS = [
  'Logins',
  'Pulls',
  'Pushes',
  'Deletions',
  'FailedLogins',
  'FailedOperations',
] as const;

export interface IdentitiesModel {
  /** Undefined when no audit of the report lists identities. */
  readonly table?: LongTable;
  /** Empty when all are listed. */
  readonly cut: string;
}

/** Everyone who used the registries, for who reviews access. */
export function identitiesModel(report: Report): IdentitiesModel {
  const audit = identityAudit(report);
  if (audit === undefined) return { cut: '' };
  const { rows } = audit.table;
  const shown = firstRows(rows, LISTED);
  const { timeZone } = report.period;
  return {
    table: {
      count: shown.length,
      *rows() {
        for (const row of shown) {
          const values = rowAsRecord(audit.table, row);
          yield [
            nameOf(values['Identity']),
            visible(String(values['Actor'] ?? ''), 80),
            seenText(String(values['Seen'] ?? '')),
            deedsOf(values),
            visible(String(values['Registries'] ?? ''), 300),
            wholeSeconds(localTime(String(values['LastTime'] ?? ''), timeZone)),
          ];
        }
      },
    },
    cut:
      shown.length === rows.length
        ? ''
        : `Showing ${formatNumber(shown.length)} of ${formatNumber(rows.length)} identities; all are in ${visible(audit.execution.csvFile ?? audit.execution.queryFile, 200)}.`,
  };
}

/** By an identity's name in lower case: what kind it is, whether it was seen before, what it did. */
export function knownActors(report: Report): ReadonlyMap<string, string> {
  const audit = identityAudit(report);
  const known = new Map<string, string>();
  for (const row of audit?.table.rows ?? []) {
    const values = rowAsRecord(audit?.table ?? { columns: [] }, row);
    const key = String(values['Identity'] ?? '').toLowerCase();
    const seen = seenText(String(values['Seen'] ?? ''));
    const text = `${visible(String(values['Actor'] ?? ''), 80)}, ${seen}; ${deedsOf(values)}`;
    const before = known.get(key);
    known.set(key, before === undefined ? text : `${before}; also ${text}`);
  }
  return known;
}

function identityAudit(report: Report): AuditResult | undefined {
  return report.audits.find(({ table }) =>
    COLUMNS.every((name) => table.columns.some((column) => column.name === name)),
  );
}

function nameOf(cell: Cell | undefined): string {
  return cell === undefined || cell === null || cell === ''
    ? WITHOUT_NAME
    : visible(String(cell), 200);
}

function deedsOf(values: Readonly<Record<string, Cell>>): string {
  return deedsText(DEEDS.map((name) => [name, Number(values[name] ?? 0)]));
}
