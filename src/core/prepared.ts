import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './digest';

/** Made by infra/prepare.mjs; not there when the program runs from its source. */
const FOLDER = join(__dirname, '../prepared');

/**
 * What the build made of a text that ships with the program, a language's file or a view, so that no process need parse
 * it again. Undefined for any other text, such as that of a file which was changed since.
 */
export function prepared(name: string, text: string): unknown {
  const path = join(FOLDER, preparedPath(name, text));
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Where the build keeps what it made of a text. */
export function preparedPath(name: string, text: string): string {
  return `${sha256(`${name}\n${text}`)}.json`;
}
