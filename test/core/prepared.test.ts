import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseSoundLanguage } from '../../src/catalog/language-files';
import { LANGUAGE_IDS } from '../../src/core/language';
import { prepared, preparedPath } from '../../src/core/prepared';
import { parseView } from '../../src/render/parse-view';

const ROOT = join(__dirname, '../..');
const TEMPLATES = join(ROOT, 'templates');

/** What `npm run build` left of a text. */
function builtOf(name: string, text: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, 'dist/prepared', preparedPath(name, text)), 'utf8'));
}

describe('what the build prepares', () => {
  it.each(['views', 'views/partials'])('is what parsing gives, for templates/%s', (folder) => {
    const files = readdirSync(join(TEMPLATES, folder)).filter((file) => file.endsWith('.hbs'));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const [name, path] = [basename(file, '.hbs'), join(TEMPLATES, folder, file)];
      const text = readFileSync(path, 'utf8');
      expect(builtOf(name, text)).toEqual(parseView(name, path, text));
    }
  });

  it.each(LANGUAGE_IDS)('is what parsing gives, for the language %s', (id) => {
    const path = join(TEMPLATES, `languages/${id}.yaml`);
    const text = readFileSync(path, 'utf8');
    const file = parseSoundLanguage(path, text, id, []);
    expect(builtOf(id, text)).toEqual({
      phrases: [...(file?.language.phrases ?? [])],
      glossary: JSON.parse(JSON.stringify(file?.glossary)) as unknown,
    });
  });

  it('is of a text as it was, under its name', () => {
    expect(preparedPath('run-mail', 'a')).not.toBe(preparedPath('run-mail-text', 'a'));
    expect(preparedPath('run-mail', 'a')).not.toBe(preparedPath('run-mail', 'b'));
    expect(prepared('report', 'a view that never shipped')).toBeUndefined();
  });
});
