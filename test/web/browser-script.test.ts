import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = join(__dirname, '../..');
const FILE = join(ROOT, 'src/web/browser-script.ts');

let script: string;
beforeAll(() => {
  script = execFileSync(process.execPath, ['infra/browser-script.mjs'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
});

it('is what `infra/browser-script.mjs` makes; UPDATE_DOCS=1 writes it', () => {
  const text = `// Made of src/web/browser: UPDATE_DOCS=1 npx jest test/web/browser-script

/** The script that checks an archive in a browser, and searches a pack’s page. */
export const BROWSER_SCRIPT = ${JSON.stringify(script)};
`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(FILE, text);
  // Not compared as texts, which would fill the screen.
  expect(readFileSync(FILE, 'utf8') === text).toBe(true);
});

it.each([
  ['needs no package and nothing of Node', /require\(|import[ ("']|\bBuffer\b|process\.|node:/],
  [
    'never makes HTML or code of a text',
    /innerHTML|insertAdjacent|document\.write|eval\(|new Function/,
  ],
  ['can stand in a page', /<\/script|<!--/i],
])('%s', (_what, pattern) => {
  expect(pattern.exec(script)).toBeNull();
});

it('is small', () => {
  expect(script.length).toBeLessThan(48_000);
  expect(gzipSync(script).length).toBeLessThan(20_000);
});
