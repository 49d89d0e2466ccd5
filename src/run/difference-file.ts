import type { AskedAgain } from '../core/custody';
import type { ReportDefinition } from '../core/definitions';
import { stableJson } from '../core/digest';
import type { Row, Table } from '../core/table';
import { renderCsv } from '../render/csv';
import type { PeriodDifference } from './compare-period';
import type { RunFile } from './run-folder';

export const DIFFERENCE_FILE = 'difference.json';

/** An amendment's files about what differs: all of it as JSON, and a table for each audit that does. */
export function differenceFiles(
  report: ReportDefinition,
  asked: AskedAgain,
  difference: PeriodDifference,
): RunFile[] {
  const audits = difference.audits.filter(
    ({ added, vanished, changed }) => added.length + vanished.length + changed.length > 0,
  );
  const content = stableJson({
    schema: 'tallyman/difference/1',
    asked,
    tables: difference.tables,
    audits: difference.audits.map(({ audit, added, vanished, changed, ...said }) => ({
      audit,
      ...said,
      columns: columnsOf(report, audit),
      added,
      vanished,
      changed,
    })),
  });
  const csvFiles = audits.map(({ audit, added, vanished, changed }) => {
    const rows: Row[] = [
      ...added.map((row) => ['added', ...row]),
      ...vanished.map((row) => ['vanished', ...row]),
      ...changed.flatMap(({ before, after }) => [
        ['changed from', ...before],
        ['changed to', ...after],
      ]),
    ];
    const columns = [{ name: 'Change', type: 'string' as const }, ...columnsOf(report, audit)];
    return {
      path: `difference/${audit}.csv`,
      content: Buffer.from(renderCsv({ columns, rows: rows })),
    };
  });
  return [{ path: DIFFERENCE_FILE, content: Buffer.from(content) }, ...csvFiles];
}

/** What was asked again, of a difference file of ours. */
export function parseDifference(content: Uint8Array): AskedAgain {
  return (JSON.parse(Buffer.from(content).toString('utf8')) as { asked: AskedAgain }).asked;
}

function columnsOf(report: ReportDefinition, audit: string): Table['columns'] {
  return report.audits.find(({ id }) => id === audit)?.columns ?? [];
}
