import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { formatProblem } from '../../src/core/errors';
import { checkCatalog } from '../../src/catalog/lint';
import { readCatalog } from '../../src/catalog/read-catalog';
import { auditSchema } from '../../src/catalog/schemas';

const ROOT = join(__dirname, '../..');
const AUDIT = 'audits/emergency-account-used/audit.yaml';
const KOREAN = 'audits/emergency-account-used/audit.ko.yaml';
const QUERY = 'audits/emergency-account-used/query.kql';
const REPORT = 'reports/daily-registry-audit.yaml';

let page: string;
let templates: string;

/** The contents of the page's fenced blocks of a language, in order. */
function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    (match) => match[1] ?? '',
  );
}

/** What follows a line that begins with `$`, of the page's n-th console block. */
function output(n: number): string {
  return (blocks('console')[n] ?? '').split('\n').slice(1).join('\n').trim();
}

async function change(path: string, edit: (text: string) => string): Promise<void> {
  const before = await readFile(join(templates, path), 'utf8');
  const after = edit(before);
  expect(after).not.toBe(before);
  await writeFile(join(templates, path), after);
}

beforeAll(async () => {
  page = await readFile(join(ROOT, 'docs/adding-an-audit.md'), 'utf8');
  templates = join(await mkdtemp(join(tmpdir(), 'tallyman-docs-')), 'templates');
  await cp(join(ROOT, 'templates'), templates, { recursive: true });
  await mkdir(dirname(join(templates, AUDIT)));
  const [audit, addition, korean] = blocks('yaml');
  await writeFile(join(templates, AUDIT), audit ?? '');
  await writeFile(join(templates, KOREAN), korean ?? '');
  await writeFile(join(templates, QUERY), blocks('kusto')[0] ?? '');
  await change(REPORT, (text) => text.replace('audits:\n', () => addition ?? ''));
});
afterAll(() => rm(dirname(templates), { recursive: true }));

test('the audit of the page is sound and the report asks it', async () => {
  const { catalog, problems } = await checkCatalog(templates);
  expect(problems.map(formatProblem)).toEqual([]);
  const counts = `${catalog?.audits.length ?? 0} audits and ${catalog?.reports.length ?? 0} reports are sound.`;
  expect(output(0)).toBe(counts);
  const daily = catalog?.reports.find(({ id }) => id === 'daily-registry-audit');
  expect(daily?.audits[0]?.id).toBe('emergency-account-used');
});

test('its Korean texts are sound, and the report reads them', async () => {
  const { catalog, problems } = await readCatalog(templates, {
    inLanguage: { report: 'daily-registry-audit', language: 'ko' },
  });
  expect(problems.map(formatProblem)).toEqual([]);
  const daily = catalog.reports.find(({ id }) => id === 'daily-registry-audit');
  expect(daily).toMatchObject({ language: 'ko', title: '일일 레지스트리 감사 보고서' });
  expect(daily?.audits[0]).toMatchObject({ title: '비상 계정의 사용' });
});

test('the page explains every key of audit.yaml', () => {
  const explained = [...page.matchAll(/^\| (`.*?`) +\|/gm)].flatMap((match) =>
    [...(match[1] ?? '').matchAll(/`(\w+)`/g)].map(([, key]) => key),
  );
  expect(explained.sort()).toEqual(Object.keys(auditSchema.shape).sort());
});

test('the mistakes of the page are told as it says', async () => {
  await change(QUERY, (text) => text.replace('Identity asc', 'Identiti asc'));
  await change(AUDIT, (text) => text.replace('critical', 'high-ish'));
  const { problems } = await checkCatalog(templates);
  const told = problems.map((problem) =>
    formatProblem(problem).replaceAll(dirname(templates) + '/', ''),
  );
  expect(told.join('\n')).toBe(output(1));
});
