import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ParsedMail } from 'mailparser';
import { simpleParser } from 'mailparser';
import { compose } from '../../src/compose';
import { runDue } from '../../src/run/run-due';
import { parseSettings } from '../../src/settings';
import { copyTemplates } from '../support/templates';

let folder: string;
let mails: ParsedMail[];

/** One report whose PDF carries two megabytes of digests, with three limits for its mails. */
const LIMITS = { daily: 20, small: 1, never: 0 };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-attachment-'));
  const templates = copyTemplates(join(folder, 'templates'), ['many-digests']);
  const audit = join(templates, 'audits/many-digests');
  mkdirSync(audit, { recursive: true });
  writeFileSync(
    join(audit, 'audit.yaml'),
    `title: Many digests
purpose: What does not compress makes a large file.
tables: [ContainerRegistryRepositoryEvents]
expect: any
severity: info
columns: { Digest: string }
finding: '{{Digest}}'
controls: [soc2-2017/CC7.2]
remediation: None.
`,
  );
  writeFileSync(
    join(audit, 'query.kql'),
    `ContainerRegistryRepositoryEvents
| where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd
| mv-expand Number = range(1, 100) to typeof(long)
| project Digest = hash_sha256(strcat(TimeGenerated, CorrelationId, Number))
| order by Digest asc
`,
  );
  const daily = readFileSync(join(templates, 'reports/daily.yaml'), 'utf8');
  for (const [id, limit] of Object.entries(LIMITS)) {
    writeFileSync(join(templates, `reports/${id}.yaml`), `${daily}attachUpTo: ${String(limit)}\n`);
  }
  const settings = parseSettings({
    TALLYMAN_LOG_ARCHIVE: join(__dirname, '../../samples/logs'),
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_MAIL: 'eml',
    TALLYMAN_MAIL_FOLDER: join(folder, 'mail'),
    TALLYMAN_MAIL_FROM: 'tallyman@example.com',
    TALLYMAN_TEMPLATES: templates,
  });
  const composed = await compose(settings, { now: () => '2026-03-10T22:30:00.000Z' });
  expect((await runDue(composed.parts)).failed).toEqual([]);
  await composed.close();
  const files = readdirSync(join(folder, 'mail')).filter((name) => name.endsWith('.eml'));
  mails = await Promise.all(
    files.map((name) => simpleParser(readFileSync(join(folder, 'mail', name)))),
  );
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function mailOf(report: keyof typeof LIMITS): ParsedMail {
  return mails.find(({ subject = '' }) => subject.includes(`[${report} / all]`))!;
}

const pdfOf = (report: string): string =>
  join(folder, 'archive', `${report}.all`, 'runs/2026-03-10/report.pdf');

it('attaches a PDF that is no larger than the report’s limit', () => {
  const [attachment] = mailOf('daily').attachments;
  expect(attachment).toMatchObject({
    filename: 'daily.all-2026-03-10.pdf',
    contentType: 'application/pdf',
    content: readFileSync(pdfOf('daily')),
  });
  expect(mailOf('daily').text).toContain('The report is attached as a PDF.');
});

it('sends the mail without a PDF that is larger, and says so in both forms', () => {
  const size = statSync(pdfOf('small')).size;
  expect(size).toBeGreaterThan(1_000_000);
  const { attachments, text, html } = mailOf('small');
  expect(attachments).toEqual([]);
  const words = `The PDF of ${(size / 1_000_000).toFixed(1)} MB is not attached, because mails of this report carry at most 1 MB; it is in the archive.`;
  expect(text).toContain(words);
  expect(html).toContain(words);
});

it('attaches nothing when nothing may be, and says that', () => {
  expect(mailOf('never').attachments).toEqual([]);
  expect(mailOf('never').text).toContain('because this report’s mails go without attachments');
});
