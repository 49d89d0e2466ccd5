import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TallymanError } from '../../src/core/errors';
import { renderHtml } from '../../src/render/html';
import { loadViews } from '../../src/render/views';
import { LANGUAGES } from '../support/languages';
import { sampleReport } from '../support/reports';

const SHIPPED = join(__dirname, '../../templates/views');

describe('loadViews', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'views-'));
    cpSync(SHIPPED, folder, { recursive: true });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function edit(name: string, change: (text: string) => string): void {
    const path = join(folder, name);
    const before = readFileSync(path, 'utf8');
    const after = change(before);
    expect(after).not.toBe(before);
    writeFileSync(path, after);
  }

  async function problems(): Promise<string[]> {
    const error: unknown = await loadViews(folder, LANGUAGES).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof TallymanError)) throw new Error('the views were accepted');
    return error.problems.map(({ where, message }) => `${where}: ${message}`);
  }

  it('names every view that is missing or broken at once', async () => {
    rmSync(join(folder, 'run-mail.hbs'));
    rmSync(join(folder, 'style.css'));
    edit('partials/answers.hbs', (text) => text.replace('{{/each}}', ''));
    const found = (await problems()).join('\n');
    expect(found).toContain('run-mail.hbs: The view is missing.');
    expect(found).toContain('style.css: The style sheet is missing.');
    expect(found).toMatch(
      /answers\.hbs: (Parse error on line \d+: Expecting .*|.*doesn't match.*)$/m,
    );
  });

  it.each(['{{{reason}}}', '{{&reason}}'])('refuses the unescaped value %s', async (value) => {
    edit('partials/answers.hbs', (text) => text.replace('{{reason}}', value));
    expect(await problems()).toEqual([
      expect.stringContaining('answers.hbs: A value is put in unescaped.'),
    ]);
  });

  it('refuses a helper that does not exist', async () => {
    edit('report.hbs', (text) => `${text}{{shout title}}`);
    expect((await problems()).join()).toContain('shout');
  });

  it('refuses a style sheet that could end its element', async () => {
    edit('style.css', (text) => `${text}</STYLE><script>alert(1)</script>`);
    expect((await problems()).join()).toContain('</style');
  });

  it.each([
    ['a list that is not there', 'partials/answers.hbs', '{{#each answers}}', '{{#each replies}}'],
    ['rows that are not there', 'partials/answers.hbs', 'data-rows="answer-{{id}}"', ''],
    ['a condition that is not there', 'partials/answers.hbs', '{{#if cut}}', '{{#if cutt}}'],
    ['a value that is not there', 'partials/answers.hbs', '{{reason}}', '{{raison}}'],
    ['a table that is left out', 'report.hbs', '{{> outcomes}}\n', ''],
    ['findings that are left out', 'partials/findings.hbs', 'class="finding" ', ''],
    ['an element outside the vocabulary', 'report.hbs', '<main>', '<main><blink>x</blink>'],
  ])('does not render %s', async (_, file, before, after) => {
    edit(file, (text) => text.replace(before, after));
    const views = await loadViews(folder, LANGUAGES);
    expect(() => renderHtml(sampleReport(), views)).toThrow(
      expect.objectContaining({ code: 'CATALOG_INVALID' }) as Error,
    );
  });
});
