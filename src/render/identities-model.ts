import type { Language } from '../core/language';
import { phrase, say } from '../core/language';
import type { AuditResult, Report } from '../core/report';
import type { Cell } from '../core/table';
import { firstRows, rowAsRecord } from '../core/table';
import { wordFor } from '../core/definitions';
import { localTime, wholeSeconds } from './format';
import type { LongTable } from './long-table';
import { visible } from './visible';
import { DEEDS, deedsText, seenText } from './words';

/** Identities that an access review lists; the answer's file has all. */
const LISTED = 500;

/** An answer with these columns says of each identity what it is and what it did. */
const COLUMNS = ['Identity', 'Actor', 'Seen', 'Events', 'LastTime'];

export interface IdentitiesModel {
  /** Undefined when no audit of the report lists identities. */
  readonly table?: LongTable;
  /** Empty when all are listed. */
  readonly cut: string;
}

/** Everyone who used the registries, for who reviews access. */
export function identitiesModel(report: Report, language: Language): IdentitiesModel {
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
            nameOf(values['Identity'], language),
            kindOf(audit, values),
            say(seenText(String(values['Seen'] ?? '')), language),
            deedsOf(values, language),
            visible(String(values['Registries'] ?? ''), 300),
            wholeSeconds(localTime(String(values['LastTime'] ?? ''), timeZone)),
          ];
        }
      },
    },
    cut:
      shown.length === rows.length
        ? ''
        : say(
            phrase('cut.identities', {
              shown: shown.length,
              total: rows.length,
              file: visible(audit.execution.csvFile ?? audit.execution.queryFile, 200),
            }),
            language,
          ),
  };
}

/** By an identity's name in lower case: what kind it is, whether it was seen before, what it did. */
export function knownActors(report: Report, language: Language): ReadonlyMap<string, string> {
  const audit = identityAudit(report);
  const known = new Map<string, string>();
  if (audit === undefined) return known;
  for (const row of audit.table.rows) {
    const values = rowAsRecord(audit.table, row);
    const key = String(values['Identity'] ?? '').toLowerCase();
    const seen = say(seenText(String(values['Seen'] ?? '')), language);
    const kind = kindOf(audit, values);
    const now = say(
      phrase('identities.known', { kind, seen, deeds: deedsOf(values, language) }),
      language,
    );
    const before = known.get(key);
    known.set(
      key,
      before === undefined ? now : say(phrase('identities.also', { before, now }), language),
    );
  }
  return known;
}

function identityAudit(report: Report): AuditResult | undefined {
  return report.audits.find(({ table }) =>
    COLUMNS.every((name) => table.columns.some((column) => column.name === name)),
  );
}

/** What kind of actor it is, in the audit's word for it. */
function kindOf({ words }: AuditResult, values: Readonly<Record<string, Cell>>): string {
  const kind = String(values['Actor'] ?? '');
  return visible(wordFor(words, 'Actor', kind), 80);
}

function nameOf(cell: Cell | undefined, language: Language): string {
  return cell === undefined || cell === null || cell === ''
    ? say(phrase('names.none'), language)
    : visible(String(cell), 200);
}

function deedsOf(values: Readonly<Record<string, Cell>>, language: Language): string {
  return say(deedsText(DEEDS.map((name) => [name, Number(values[name] ?? 0)])), language);
}
