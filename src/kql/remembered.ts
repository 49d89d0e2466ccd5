import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../core/digest';
import { makeFolderSync } from '../core/make-folder';

/** More than this and all are forgotten; a query takes some 5 kB. */
const MOST_FILES = 5_000;

const END_OF_FILE = Buffer.of(0);

let parent: string | undefined;
let folder: string | undefined;

/**
 * From now on what the parser finds out is kept in a private folder, so that a process that meets only
 * known queries needs neither the parser nor its second of start-up.
 */
export function rememberIn(path: string): void {
  parent = path;
  folder = undefined;
}

/**
 * What `make` gave for the same key before, in this process or an earlier one that ran the same version of
 * the engine. It must be plain JSON. Trouble with the folder costs time and nothing else.
 */
export async function remembered<T>(key: readonly string[], make: () => Promise<T>): Promise<T> {
  if (parent === undefined) return make();
  let file: string | undefined;
  try {
    folder ??= openFolder(parent);
    file = join(folder, `${sha256(JSON.stringify(key))}.json`);
    return (JSON.parse(readFileSync(file, 'utf8')) as { value: T }).value;
  } catch {
    // Not there, torn by a crash, or no folder can be had.
  }
  const value = await make();
  if (file !== undefined) keep(file, JSON.stringify({ value }));
  return value;
}

/** The folder of this version of the engine; what others wrote is removed. */
function openFolder(inside: string): string {
  const version = engineVersion();
  const path = join(inside, version);
  makeFolderSync(path, 0o700);
  const tooMany = readdirSync(path).length > MOST_FILES;
  for (const name of readdirSync(inside)) {
    if (name !== version || tooMany) rmSync(join(inside, name), { recursive: true, force: true });
  }
  makeFolderSync(path, 0o700);
  return path;
}

/** Writes beside and renames, so that nobody reads half a file. */
function keep(file: string, text: string): void {
  const temporary = `${file}.${String(process.pid)}`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    rmSync(temporary, { force: true });
  }
}

/** Changes with every change of the engine's own code, and of the packages that parse and answer. */
function engineVersion(): string {
  const files = readdirSync(__dirname)
    .filter((name) => /\.[jt]s$/.test(name))
    .sort()
    .map((name) => join(__dirname, name));
  const packages = ['@kusto/language-service-next', '@duckdb/node-api'].map((name) =>
    require.resolve(`${name}/package.json`),
  );
  // As bytes: to read them as text takes twice as long, and each process does this once.
  const contents = [...files, ...packages].flatMap((file) => [readFileSync(file), END_OF_FILE]);
  return sha256(Buffer.concat(contents)).slice(0, 16);
}
