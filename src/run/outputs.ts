import { spooled } from '../core/spool';
import { csvLines } from '../render/csv';
import { htmlPieces, reportPage } from '../render/html';
import type { Attachment } from '../render/pdf';
import { renderPdf } from '../render/pdf';
import type { Views } from '../render/views';
import type { Language } from '../core/language';
import { phrase, say } from '../core/language';
import type { PeriodFigures } from '../assess/compare';
import type { Cell, Table } from '../core/table';
import type { Report } from '../core/report';
import { renderExports } from './exports';
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
  const language = views.languages[report.language];
  const summary = { path: 'summary.json', content: encodeSummary(report, figures, language) };
  const findings = {
    path: 'findings.csv',
    content: spooled(csvLines(findingsTable(report, language))),
  };
  const answers = report.audits.flatMap(({ title, table, execution }) =>
    execution.csvFile === undefined
      ? []
      : [
          {
            path: execution.csvFile,
            content: spooled(csvLines(table)),
            title,
            rows: table.rows.length,
          },
        ],
  );
  const page = reportPage(report, views);
  const pdf = await renderPdf(page.main, {
    title: `${report.title}, ${report.period.id}`,
    language,
    created: report.startedAt,
    ...(report.branding === undefined ? {} : { branding: report.branding }),
    tables: page.tables,
    attachments: [
      attachment(summary, say(phrase('attached.summary'), language), 'application/json'),
      attachment(findings, say(phrase('attached.findings'), language), 'text/csv'),
      ...queryAttachments(report, language),
      // An answer without rows would attach its headings alone.
      ...answers
        .filter(({ rows }) => rows > 0)
        .map((file) =>
          attachment(
            file,
            say(phrase('attached.answer', { title: file.title }), language),
            'text/csv',
          ),
        ),
    ],
  });
  return [
    summary,
    findings,
    ...answers.map(({ path, content }) => ({ path, content })),
    { path: REPORT_HTML, content: spooled(htmlPieces(page)) },
    { path: REPORT_PDF, content: pdf },
    ...(await renderExports(report, language)),
  ];
}

function attachment(file: RunFile, description: string, type: string): Attachment {
  const name = file.path.split('/').at(-1) ?? file.path;
  return { name, description, type, relationship: 'Data', content: file.content };
}

/** The queries as they were sent, which the archive keeps beside the answers. */
function queryAttachments({ audits, otherQuestions }: Report, language: Language): Attachment[] {
  return [...audits, ...otherQuestions].map(({ id, execution: { queryFile, query } }) => ({
    ...attachment(
      { path: queryFile, content: Buffer.from(query) },
      say(phrase('attached.query', { id }), language),
      'text/plain',
    ),
    relationship: 'Source',
  }));
}

/** All findings as one table, waived ones included and marked. */
function findingsTable(report: Report, language: Language): Table {
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
  const audits = report.audits.map((audit) => audit.id);
  const others = report.findings
    .filter(({ audit }) => !audits.includes(audit))
    .map((finding): Cell[] => [
      finding.severity,
      finding.audit,
      say(finding.text, language),
      '',
      '',
      '',
      '',
      JSON.stringify(finding.values),
    ]);
  const rows = report.audits.flatMap((audit) =>
    [...audit.findings, ...audit.waived].map((finding): Cell[] => [
      finding.severity,
      audit.id,
      say(finding.text, language),
      audit.controls.map((control) => `${control.frameworkName} ${control.id}`).join('; '),
      audit.remediation,
      finding.waiver?.expires ?? '',
      finding.waiver?.owner ?? '',
      JSON.stringify(finding.values),
    ]),
  );
  return { columns: names.map((name) => ({ name, type: 'string' })), rows: [...others, ...rows] };
}
