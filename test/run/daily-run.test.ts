import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { readChain } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import { compose } from '../../src/compose';
import { runDue } from '../../src/run/run-due';
import { parseSettings } from '../../src/settings';
import { pdfText, readPdf, squeezed } from '../support/pdf-text';
import { copyTemplates } from '../support/templates';

const SAMPLE_LOGS = join(__dirname, '../../samples/logs');
const NOW = '2026-03-10T22:30:00.000Z';
const STREAM = 'daily.all';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-daily-'));
  const templates = copyTemplates(join(folder, 'templates'), ['repository-trail', 'busy-agents']);
  const audit = join(templates, 'audits/busy-agents');
  mkdirSync(audit);
  writeFileSync(
    join(audit, 'audit.yaml'),
    `title: User agents that pull a lot
purpose: A new audit is a folder.
tables: [ContainerRegistryRepositoryEvents]
expect: none
severity: low
columns: { UserAgent: string, Pulls: long }
finding: "{{UserAgent}} pulled {{Pulls}} times."
controls: [soc2-2017/CC7.2]
remediation: Ask who runs it.
`,
  );
  writeFileSync(
    join(audit, 'query.kql'),
    `ContainerRegistryRepositoryEvents
| where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd
| where OperationName == "Pull"
| summarize Pulls = count() by UserAgent
| where Pulls > 20
| order by Pulls desc, UserAgent asc
`,
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function due(): Promise<readonly string[]> {
  const settings = parseSettings({
    TALLYMAN_LOG_ARCHIVE: SAMPLE_LOGS,
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_MAIL: 'eml',
    TALLYMAN_MAIL_FOLDER: join(folder, 'mail'),
    TALLYMAN_MAIL_FROM: 'tallyman@example.com',
    TALLYMAN_TEMPLATES: join(folder, 'templates'),
  });
  const composed = await compose(settings, { now: () => NOW });
  const result = await runDue(composed.parts);
  await composed.close();
  expect(result.failed).toEqual([]);
  return result.sealed.map(({ report }) => report.period.id);
}

const run = (file: string): string => join(folder, 'archive', STREAM, 'runs/2026-03-10', file);

describe('a daily run over raw log files, with an audit that was dropped in', () => {
  let head: string;

  beforeAll(async () => {
    expect(await due()).toEqual(['2026-03-10']);
    const entries = await readChain(createFolderStore(join(folder, 'archive')), STREAM);
    head = entries.at(-1)!.manifestSha256;
  }, 120_000);

  it('shows the audit in the page, the PDF, the data and the manifest', () => {
    const title = 'User agents that pull a lot';
    expect(readFileSync(run('report.html'), 'utf8')).toContain(title);
    expect(pdfText(readPdf(readFileSync(run('report.pdf'))))).toContain(squeezed(title));
    expect(readFileSync(run('evidence/busy-agents.csv'), 'utf8')).toContain('UserAgent,Pulls');
    const manifest = readFileSync(
      join(folder, 'archive', STREAM, 'manifests', `${head}.json`),
      'utf8',
    );
    expect(manifest).toContain('runs/2026-03-10/evidence/busy-agents.json');
  });

  it('mails the findings with the head of the chain', async () => {
    const [file] = readdirSync(join(folder, 'mail')).filter((name) => name.endsWith('.eml'));
    const mail = await simpleParser(readFileSync(join(folder, 'mail', file!)));
    expect(mail.subject).toMatch(/^Registry audit, Tue 10 Mar: \d+ findings/);
    expect(mail.text).toContain(head);
    expect(mail.text).toMatch(/pulled \d+ times/);
    expect(mail.attachments.map(({ contentType }) => contentType)).toEqual(['application/pdf']);
  });

  it('keeps the query and an answer whose digest can be taken again', () => {
    const text = readFileSync(run('evidence/busy-agents.json'), 'utf8');
    const { execution, answer } = JSON.parse(text) as {
      execution: { querySha256: string; answerSha256: string; status: string };
      answer: { tables: { rows: unknown[] }[] };
    };
    expect(execution.status).toBe('complete');
    expect(answer.tables[0]!.rows.length).toBeGreaterThan(0);
    expect(readFileSync(run('evidence/busy-agents.kql'), 'utf8')).toContain('let PeriodStart');
  });

  it('does nothing when it is called again', async () => {
    const before = readdirSync(join(folder, 'archive'), { recursive: true }).length;
    expect(await due()).toEqual([]);
    expect(readdirSync(join(folder, 'archive'), { recursive: true })).toHaveLength(before);
    expect(readdirSync(join(folder, 'mail')).filter((name) => name.endsWith('.eml'))).toHaveLength(
      1,
    );
  }, 60_000);

  it('verifies with the head from the mail, and no more once its entry is gone', async () => {
    const archive = createFolderStore(join(folder, 'archive'));
    expect((await verifyArchive(archive, { head })).discrepancies).toEqual([]);
    rmSync(join(folder, 'archive', STREAM, 'chain/00000002.sigstore.json'));
    const cut = await verifyArchive(archive, { head });
    expect(cut.discrepancies.map(({ code }) => code)).toContain('head-unknown');
  });
});
