// Makes of the languages and views that ship what the program would make of them in each process: dist/prepared holds a
// file for each text, named by its digest. What is wrong with one is left for `tallyman check` to tell.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const require = createRequire(import.meta.url);
const { parseSoundLanguage } = require('../dist/catalog/language-files.js');
const { preparedPath } = require('../dist/core/prepared.js');
const { parseView } = require('../dist/render/parse-view.js');

const OUT = 'dist/prepared';

function prepare(folder, ending, make) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(ending))) {
    const [name, path] = [basename(file, ending), join(folder, file)];
    const text = readFileSync(path, 'utf8');
    const made = make(name, path, text);
    if (made === undefined) continue;
    writeFileSync(join(OUT, preparedPath(name, text)), JSON.stringify(made));
  }
}

function preparedLanguage(id, path, text) {
  const file = parseSoundLanguage(path, text, id, []);
  return file && { phrases: [...file.language.phrases], glossary: file.glossary };
}

function preparedView(name, path, text) {
  const view = parseView(name, path, text);
  return view.problems.length === 0 ? view : undefined;
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
prepare('templates/languages', '.yaml', preparedLanguage);
prepare('templates/views', '.hbs', preparedView);
prepare('templates/views/partials', '.hbs', preparedView);
