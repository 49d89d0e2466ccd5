import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unusedPhrases, readLanguageFiles } from '../../src/catalog/language-files';
import { loadCatalog } from '../../src/catalog/load-catalog';
import { readCatalog } from '../../src/catalog/read-catalog';
import { formatProblem, TallymanError } from '../../src/core/errors';
import { phrase, say } from '../../src/core/language';
import { checkViews } from '../../src/render/views';
import { LANGUAGES } from '../support/languages';
import { removeCatalogs, SMALL_CATALOG, writeCatalog } from './small-catalog';

const KO = 'languages/ko.yaml';
const EN = 'languages/en.yaml';
const TEXTS = `title: 이미지 삭제
purpose: 삭제된 이미지는 조사할 수 없습니다.
finding: '{{Repository}} 삭제: {{Identity}}.'
remediation: 변경 기록을 확인하십시오.
`;

afterAll(removeCatalogs);

async function told(changes: Parameters<typeof writeCatalog>[0]): Promise<string[]> {
  const folder = await writeCatalog(changes);
  const { problems } = await readCatalog(folder);
  return problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''));
}

const inKorean = (text: string): string => text.replace('period: day', 'language: ko\nperiod: day');

describe('a language’s file', () => {
  it('lacks a text: told with its file and what to add', async () => {
    const without = (text: string): string => text.replace(/^ {2}expected: .*\n/m, '');
    expect(await told({ [KO]: without })).toEqual([
      expect.stringMatching(
        /^languages\/ko\.yaml:\d+:\d+: The text 'verdict\.expected' is missing\. Add it, with \{count\}, \{expected\}\.$/,
      ),
    ]);
  });

  it('has other placeholders than the others: told with both', async () => {
    const other = (text: string): string => text.replace('감사 항목 {count}개 중', '감사 항목 중');
    expect(await told({ [KO]: other })).toEqual([
      expect.stringContaining(
        "Expected {count}, {expected} in 'verdict.expected', came {expected}.",
      ),
    ]);
  });

  it('has a text that no other has, or that is none', async () => {
    expect(await told({ [KO]: (text) => `${text}\nextra: { more: 더 }\n` })).toEqual([
      expect.stringContaining("The text 'extra.more' is in no other language."),
    ]);
    expect(await told({ [KO]: (text) => `${text}\nextra: { more: 7 }\n` })).toEqual([
      expect.stringContaining("'extra.more' must be text, or a map with one and other."),
    ]);
  });

  it('has words for other operations of Azure than the others', async () => {
    const operations = (name: string) => (text: string) =>
      text.replace(/^operations:$/m, `operations:\n  ${name}: do something`);
    const name = 'MICROSOFT.X/Y/ACTION';
    expect(await told({ [KO]: operations(name) })).toEqual([
      expect.stringContaining(`The words for the operation '${name}' are in no other language.`),
    ]);
    expect(await told({ [EN]: operations(name) })).toEqual([
      expect.stringMatching(/^languages\/ko\.yaml.* The words for the operation .* are missing\./),
    ]);
    expect(
      await told({ [EN]: operations('Microsoft.X/y'), [KO]: operations('Microsoft.X/y') }),
    ).toEqual([
      expect.stringContaining('names of operations, in upper case'),
      expect.stringContaining('names of operations, in upper case'),
    ]);
  });

  it('is of a language that nobody knows', async () => {
    expect(await told({ 'languages/xx.yaml': 'a: b\n' })).toEqual([
      expect.stringContaining('Expected the file of a language that is known (en, ko)'),
    ]);
  });

  it('has a text that nothing says', async () => {
    const folder = await writeCatalog({
      [EN]: (text) => `${text}\nextra: { more: more }\n`,
      [KO]: (text) => `${text}\nextra: { more: 더 }\n`,
    });
    const files = await readLanguageFiles(join(folder, 'languages'), []);
    const views = join(__dirname, '../../templates/views');
    const { said, problems } = await checkViews(views, LANGUAGES.en);
    expect(problems).toEqual([]);
    expect(unusedPhrases(files, said).map(({ message }) => message)).toEqual([
      "Nothing says 'extra.more'.",
      "Nothing says 'extra.more'.",
    ]);
  });
});

it('a run needs only the languages of its reports, and refuses one that lacks a text', async () => {
  const broken = await writeCatalog({ [KO]: (text) => text.replace(/^ {2}expected: .*\n/m, '') });
  const { languages } = await loadCatalog(broken);
  expect(say(phrase('count.rows', { count: 2 }), languages.en)).toBe('2 rows');
  expect(() => languages.ko).toThrow(TallymanError);
});

describe('a report in Korean', () => {
  it('has no particle that is written two ways, because its form hangs on a value', () => {
    const audits = join(__dirname, '../../templates/audits');
    const texts = [
      readFileSync(join(__dirname, '../../templates/languages/ko.yaml'), 'utf8'),
      ...readdirSync(audits).map((id) => readFileSync(join(audits, id, 'audit.ko.yaml'), 'utf8')),
    ];
    expect(texts.filter((text) => /\(으\)로|[은는이가을를]\([은는이가을를]\)/.test(text))).toEqual(
      [],
    );
  });

  it('needs its audits’ texts: told with the file to write', async () => {
    expect(await told({ 'reports/daily.yaml': inKorean })).toEqual([
      "audits/deletions/audit.ko.yaml: The report 'daily' is in the language 'ko', and this audit has no texts in it. Write title, purpose, finding and remediation into this file; docs/adding-an-audit.md shows how.",
    ]);
    expect(await told({})).toEqual([]);
  });

  it('has its audits worded, and the same questions', async () => {
    const folder = await writeCatalog({
      'reports/daily.yaml': inKorean,
      'audits/deletions/audit.ko.yaml': `${TEXTS}columns: { Repository: 저장소 }\n`,
    });
    const [report] = (await loadCatalog(folder)).reports;
    const [audit] = report!.audits;
    expect(report).toMatchObject({ language: 'ko', title: 'Daily' });
    expect(audit).toMatchObject({
      title: '이미지 삭제',
      headings: { TimeGenerated: '발생 시각', Repository: '저장소', Identity: '계정' },
      nothing: '(없음)',
      query: SMALL_CATALOG['audits/deletions/query.kql'],
    });
  });

  it('tells of texts that do not fit their audit', async () => {
    const texts = `${TEXTS.replace('{{Identity}}', '[[누군가]]')}charts: [삭제]\ncolumns: { Repositry: 저장소 }\n`;
    const problems = await told({ 'audits/deletions/audit.ko.yaml': texts });
    expect(problems).toEqual([
      expect.stringContaining('Expected optional parts of the form [[, tag {{Tag}}]]'),
      expect.stringContaining(
        'Expected the columns Identity, Repository in the finding, came Repository.',
      ),
      expect.stringContaining('Expected titles for 0 charts, came 1.'),
      expect.stringContaining(
        "Expected a column of the audit, came 'Repositry'. Did you mean 'Repository'?",
      ),
    ]);
  });

  it('needs a title in Korean when titles are by language', async () => {
    const problems = await told({
      'reports/daily.yaml': (text) =>
        inKorean(text).replace('title: Daily', 'title: { en: Daily }'),
      'audits/deletions/audit.ko.yaml': TEXTS,
    });
    expect(problems).toEqual([
      expect.stringContaining("The report is in the language 'ko', and its title is not."),
    ]);
  });
});

it('every shipped audit has every column named in Korean', async () => {
  const templates = join(__dirname, '../../templates');
  const { audits } = await loadCatalog(templates);
  const files = await readLanguageFiles(join(templates, 'languages'), []);
  const known = files.get('ko')!.glossary.columns;
  const own = (id: string): string => {
    return readFileSync(join(templates, `audits/${id}/audit.ko.yaml`), 'utf8');
  };
  for (const { id, columns } of audits) {
    for (const { name } of columns) {
      expect(Object.hasOwn(known, name) || own(id).includes(`${name}:`)).toBe(true);
    }
  }
});

describe('say', () => {
  it('fills values in once: what a log says is no placeholder', () => {
    const text = phrase('said.of', { name: '{text}', text: '{name} <b>$&' });
    expect(say(text, LANGUAGES.en)).toBe('{text}: {name} <b>$&');
  });

  it('chooses one or other by the count', () => {
    const counts = [0, 1, 2_000].map((count) => say(phrase('count.rows', { count }), LANGUAGES.en));
    expect(counts).toEqual(['0 rows', '1 row', '2,000 rows']);
    expect(say(phrase('count.rows', { count: 1 }), LANGUAGES.ko)).toBe('1개 행');
  });

  it('loses nothing of a phrase that only another version knows', () => {
    const sealed = JSON.parse(
      '{"phrase":"gone.forever","values":{"table":"T","rows":3}}',
    ) as ReturnType<typeof phrase>;
    expect(say(sealed, LANGUAGES.ko)).toBe('gone.forever, table T, rows 3');
  });
});
