import type { ExportKind } from '../core/definitions';
import type { Language, Text } from '../core/language';
import { phrase, say } from '../core/language';
import type { AuditResult, Report } from '../core/report';
import { spooledLater } from '../core/spool';
import type { Cell, Table } from '../core/table';
import { renderJsonl } from '../render/exports/jsonl';
import { renderParquet } from '../render/exports/parquet';
import { MOST_ROWS, renderSpreadsheet, sheetNames } from '../render/exports/spreadsheet';
import { answerText, auditBadge } from '../render/words';
import type { RunFile } from './run-folder';

/** Where the files for other programs lie below a run's folder. */
const FOLDER = 'exports/';

/** The files in further formats that the report's definition asks for, of every audit that was answered. */
export async function renderExports(report: Report, language: Language): Promise<RunFile[]> {
  const answered = report.audits.filter(({ execution }) => execution.answer !== 'failed');
  const files: RunFile[] = [];
  // One after another: each holds a part of its file in memory while it is made.
  for (const kind of report.exports ?? [])
    files.push(...(await filesOf(kind, report, answered, language)));
  return files;
}

async function filesOf(
  kind: ExportKind,
  report: Report,
  audits: readonly AuditResult[],
  language: Language,
): Promise<RunFile[]> {
  if (kind === 'xlsx') {
    const content = await spooledLater(renderSpreadsheet(sheetsOf(report, audits, language)));
    return [{ path: `${FOLDER}report.xlsx`, content }];
  }
  const files: RunFile[] = [];
  for (const { id, table } of audits) {
    files.push(
      kind === 'jsonl'
        ? { path: `${FOLDER}${id}.jsonl.gz`, content: await spooledLater(renderJsonl(table)) }
        : { path: `${FOLDER}${id}.parquet`, content: await renderParquet(table) },
    );
  }
  return files;
}

/** A sheet that says what the others are, and one for each answer. */
function sheetsOf(
  report: Report,
  audits: readonly AuditResult[],
  language: Language,
): { name: string; table: Table }[] {
  const told = (text: Text): string => say(text, language);
  const named = [{ name: 'contents' }, ...audits.map(({ id }) => ({ name: id }))];
  const [, ...names] = sheetNames(named);
  const rows = report.audits.map((audit): Cell[] => {
    const count = audit.table.rows.length;
    const cut = count > MOST_ROWS ? told(phrase('sheet.cut', { rows: MOST_ROWS })) : '';
    const sheet = names[audits.indexOf(audit)] ?? '';
    return [
      sheet,
      audit.title,
      auditBadge(audit.outcome, report.coverage.complete, language).word,
      told(audit.reason),
      told(answerText(audit.execution.answer)),
      count,
      cut,
    ];
  });
  const contents: Table = {
    columns: [
      ...(['sheet', 'audit', 'outcome', 'reason', 'answer'] as const).map((heading) => ({
        name: told(phrase(`sheet.${heading}`)),
        type: 'string' as const,
      })),
      { name: told(phrase('sheet.rows')), type: 'long' },
      { name: told(phrase('sheet.leftOut')), type: 'string' },
    ],
    rows,
  };
  return [
    { name: 'contents', table: contents },
    ...audits.map(({ id, table }) => ({ name: id, table })),
  ];
}
