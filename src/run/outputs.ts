import { renderCsv } from '../render/csv';
import { renderHtml } from '../render/html';
import { renderPdf } from '../render/pdf';
import type { Views } from '../render/views';
import type { PeriodFigures } from '../assess/compare';
import type { Cell, Table } from '../core/table';
import type { Report } from '../core/report';
import type { RunFile } from './run-folder';
import { encodeSummary } from './summary';

/** Where the files that people open lie below a run's folder. */
export const REPORT_HTML = 'report.html';
export const REPORT_PDF = 'report.pdf';

/** Every file that is made from the report alone: the same report gives the same bytes. */
export async function renderOutputs(
  report: Report,
  figures: PeriodFigures,
  views: Views,
): Promise<RunFile[]> {
  const html = renderHtml(report, views);
  const pdf = await renderPdf(html, {
    title: `${report.title}, ${report.period.id}`,
    created: report.startedAt,
  });
  const csvFiles = report.audits.flatMap((audit) =>
    audit.execution.csvFile === undefined
      ? []
      : [{ path: audit.execution.csvFile, content: Buffer.from(renderCsv(audit.table)) }],
  );
  return [
    { path: 'summary.json', content: encodeSummary(report, figures) },
    { path: 'findings.csv', content: Buffer.from(renderCsv(findingsTable(report))) },
    ...csvFiles,
    { path: REPORT_HTML, content: Buffer.from(html) },
    { path: REPORT_PDF, content: pdf },
  ];
}

/** All findings as one table, waived ones included and marked. */
function findingsTable(report: Report): Table {
  const names = [
    'Severity',
    'Audit',
    'Finding',
    'Controls',
    'Remediation',
    'WaivedUntil',
    'WaiverOwner',
    'Values',
  ];
  const rows = report.audits.flatMap((audit) =>
    [...audit.findings, ...audit.waived].map((finding): Cell[] => [
      finding.severity,
      audit.id,
      finding.text,
      audit.controls.map((control) => `${control.frameworkName} ${control.id}`).join('; '),
      audit.remediation,
      finding.waiver?.expires ?? '',
      finding.waiver?.owner ?? '',
      JSON.stringify(finding.values),
    ]),
  );
  return { columns: names.map((name) => ({ name, type: 'string' })), rows };
}
