import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeholdersOf, readLanguageFiles } from '../../src/catalog/language-files';
import type { Problem } from '../../src/core/errors';

const root = join(__dirname, '../..');
const listFile = join(root, 'src/core/phrases.ts');

/** The program's own sources. */
function sources(folder = join(root, 'src')): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory()
      ? sources(path)
      : path === listFile
        ? []
        : readFileSync(path, 'utf8');
  });
}

/** Whether some source says a phrase: `phrase('a.b')`, or `phrase(`a.${b}`)` where b may be anything. */
function sayings(): (key: string) => boolean {
  const text = sources().join('\n');
  const keys = new Set<string>();
  const patterns: RegExp[] = [];
  for (const call of text.matchAll(/phrase\(([^;]*?)[,)]/g)) {
    for (const [, plain, made] of (call[1] ?? '').matchAll(/'([\w.-]+)'|`([^`]+)`/g)) {
      if (plain !== undefined) keys.add(plain);
      if (made === undefined) continue;
      const parts = made.split(/\$\{[^}]*\}/).map((part) => part.replaceAll('.', '\\.'));
      patterns.push(new RegExp(`^${parts.join('[\\w-]+')}$`));
    }
  }
  return (key) => keys.has(key) || patterns.some((pattern) => pattern.test(key));
}

async function expectedList(): Promise<string> {
  const files = await readLanguageFiles(join(root, 'templates/languages'), []);
  const english = files.get('en')?.language.phrases ?? new Map<string, string>();
  const isSaid = sayings();
  const lines = [...english]
    .filter(([key]) => isSaid(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([key, form]) =>
        `  '${key}': [${placeholdersOf(form)
          .map((name) => `'${name}'`)
          .join(', ')}],`,
    );
  return [
    '/**',
    ' * The phrases that the program says, with their placeholders; views say others besides. Made from',
    ' * templates/languages/en.yaml by `UPDATE_DOCS=1 npx jest test/catalog/phrases`.',
    ' */',
    'export const PHRASES = {',
    ...lines,
    '} as const;',
    '',
  ].join('\n');
}

it('lists exactly the phrases that the program says', async () => {
  const expected = await expectedList();
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(listFile, expected);
  expect(readFileSync(listFile, 'utf8')).toBe(expected);
});

it('has every phrase in every language, with the same placeholders', async () => {
  const problems: Problem[] = [];
  await readLanguageFiles(join(root, 'templates/languages'), problems);
  expect(problems).toEqual([]);
});
