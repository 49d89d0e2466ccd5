import { join } from 'node:path';

import type { ColumnWords, OperationWords } from '../core/definitions';
import type { Problem } from '../core/errors';
import type { Language, LanguageId, Languages } from '../core/language';
import { LANGUAGE_IDS } from '../core/language';
import { PHRASES } from '../core/phrases';
import { checkShape } from './check-shape';
import { yamlFilesIn } from './names';
import { readText } from './read-text';
import { glossarySchema } from './schemas';
import type { YamlFile } from './yaml-file';
import { parseYaml } from './yaml-file';

/** Words that the audits of a language share. */
export interface Glossary {
  /** What columns are called. */
  readonly columns: Readonly<Record<string, string>>;
  readonly words: ColumnWords;
  readonly operations: OperationWords;
  /** Said in a sentence in place of no value. */
  readonly nothing: string | undefined;
}

/** One file of `templates/languages`. */
export interface LanguageFile {
  readonly language: Language;
  readonly glossary: Glossary;
  readonly file: YamlFile;
}

export type LanguageFiles = ReadonlyMap<LanguageId, LanguageFile>;

/** A text, or what it is for one and for others. */
export type Form = string | { readonly one: string; readonly other: string };

/** The sections of a language's file that hold no phrases. */
const GLOSSARY_KEYS = ['columns', 'words', 'operations', 'nothing'];

/** Every language's file. One problem is added for each text that is missing, or has other placeholders than it should. */
export async function readLanguageFiles(
  folder: string,
  problems: Problem[],
): Promise<LanguageFiles> {
  const files = new Map<LanguageId, LanguageFile>();
  const known: readonly string[] = LANGUAGE_IDS;
  const present = await yamlFilesIn(folder, problems);
  for (const name of present.filter((file) => !known.includes(file))) {
    problems.push({
      where: join(folder, `${name}.yaml`),
      message: `Expected the file of a language that is known (${known.join(', ')}), came ${name}.yaml.`,
      remedy: 'Move it elsewhere: nothing would read it here.',
    });
  }
  // That there is no folder has been told.
  if (present.length === 0) return files;
  for (const id of LANGUAGE_IDS) {
    const read = await readLanguageFile(join(folder, `${id}.yaml`), id, problems);
    if (read !== undefined) files.set(id, read);
  }
  const english = files.get('en');
  for (const file of files.values()) {
    checkPhrases(file, english, problems);
    if (english !== undefined) checkOperations(file, english, problems);
  }
  return files;
}

/** Every operation that the English file has words for, and no other. */
function checkOperations(
  { glossary, file }: LanguageFile,
  english: LanguageFile,
  problems: Problem[],
): void {
  const [here, wanted] = [glossary, english.glossary].map(({ operations }) =>
    Object.keys(operations),
  ) as [string[], string[]];
  const differ = [
    ...wanted.filter((name) => !here.includes(name)).map((name) => [name, 'are missing'] as const),
    ...here
      .filter((name) => !wanted.includes(name))
      .map((name) => [name, 'are in no other language'] as const),
  ];
  for (const [name, how] of differ) {
    problems.push({
      where: file.where,
      ...file.placeOfKey(['operations'], name),
      message: `The words for the operation '${name}' ${how}.`,
      remedy: 'Give every language words for the same operations.',
    });
  }
}

/** Texts that neither the program nor a view says, as problems. `said` are the keys that views name. */
export function unusedPhrases(files: LanguageFiles, said: ReadonlySet<string>): Problem[] {
  return [...files.values()].flatMap(({ language, file }) =>
    [...language.phrases.keys()]
      .filter((key) => !Object.hasOwn(PHRASES, key) && !said.has(key))
      .map((key) => ({
        ...placeOf(file, key),
        message: `Nothing says '${key}'.`,
        remedy: `Take it away from every language, or say it in a view: {{t '${key}'}}.`,
      })),
  );
}

/** Every language; one whose file can't be used is among the problems, and has no texts here. */
export function allLanguages(files: LanguageFiles): Languages {
  const of = (id: LanguageId): Language => files.get(id)?.language ?? { id, phrases: new Map() };
  return { en: of('en'), ko: of('ko') };
}

async function readLanguageFile(
  where: string,
  id: LanguageId,
  problems: Problem[],
): Promise<LanguageFile | undefined> {
  const text = await readText(where, problems);
  return text === undefined ? undefined : parseLanguage(where, text, id, problems);
}

/** One language's file by itself. Undefined, and problems, when the program can't say everything with it. */
export function parseSoundLanguage(
  where: string,
  text: string,
  id: LanguageId,
  problems: Problem[],
): LanguageFile | undefined {
  const file = parseLanguage(where, text, id, problems);
  if (file !== undefined) checkPhrases(file, undefined, problems);
  return problems.length === 0 ? file : undefined;
}

function parseLanguage(
  where: string,
  text: string,
  id: LanguageId,
  problems: Problem[],
): LanguageFile | undefined {
  const file = parseYaml(where, text, problems);
  const shape = file === undefined ? undefined : checkShape(glossarySchema, file, problems);
  if (file === undefined || shape === undefined) return undefined;
  const phrases = new Map<string, Form>();
  collect(shape, [], phrases, file, problems);
  const { columns = {}, words = {}, operations = {}, nothing } = shape;
  return { language: { id, phrases }, glossary: { columns, words, operations, nothing }, file };
}

/** The texts below a node of the file, by the path that leads to them. */
function collect(
  node: Readonly<Record<string, unknown>>,
  path: readonly string[],
  phrases: Map<string, Form>,
  file: YamlFile,
  problems: Problem[],
): void {
  for (const [name, value] of Object.entries(node)) {
    if (path.length === 0 && GLOSSARY_KEYS.includes(name)) continue;
    const here = [...path, name];
    if (isForm(value)) phrases.set(here.join('.'), value);
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      collect(value as Record<string, unknown>, here, phrases, file, problems);
    } else {
      problems.push({
        where: file.where,
        ...file.placeOf(here),
        message: `'${here.join('.')}' must be text, or a map with one and other.`,
        remedy: 'Quote it when it is a number, a date, or yes or no.',
      });
    }
  }
}

function isForm(value: unknown): value is Form {
  if (typeof value === 'string') return true;
  if (typeof value !== 'object' || value === null) return false;
  const { one, other, ...rest } = value as Record<string, unknown>;
  return typeof one === 'string' && typeof other === 'string' && Object.keys(rest).length === 0;
}

/** Every phrase of the program, and every one of the English file, must be there with its placeholders. */
function checkPhrases(
  { language, file }: LanguageFile,
  english: LanguageFile | undefined,
  problems: Problem[],
): void {
  const wanted = new Map<string, readonly string[]>();
  for (const [key, form] of english?.language.phrases ?? []) wanted.set(key, placeholdersOf(form));
  for (const [key, names] of Object.entries(PHRASES)) wanted.set(key, names);
  for (const [key, names] of wanted) {
    const form = language.phrases.get(key);
    if (form === undefined) {
      problems.push({
        ...placeOf(file, key),
        message: `The text '${key}' is missing.`,
        remedy: `Add it${names.length === 0 ? '' : `, with ${braced(names)}`}.`,
      });
      continue;
    }
    const found = placeholdersOf(form);
    const same = names.length === found.length && names.every((name) => found.includes(name));
    if (same) continue;
    problems.push({
      ...placeOf(file, key),
      message: `Expected ${braced(names)} in '${key}', came ${braced(found)}.`,
      remedy: 'Name the same placeholders as the other languages.',
    });
  }
  if (language.id === 'en' || english === undefined) return;
  for (const key of language.phrases.keys()) {
    if (wanted.has(key)) continue;
    problems.push({
      ...placeOf(file, key),
      message: `The text '${key}' is in no other language.`,
      remedy: `Add it to ${english.file.where}, or take it away.`,
    });
  }
}

/** The names between braces, each once, in order. */
export function placeholdersOf(form: Form): string[] {
  const text = typeof form === 'string' ? form : `${form.one} ${form.other}`;
  return [...new Set(Array.from(text.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? ''))].sort();
}

function braced(names: readonly string[]): string {
  return names.length === 0 ? 'no placeholder' : names.map((name) => `{${name}}`).join(', ');
}

function placeOf(file: YamlFile, key: string): Pick<Problem, 'where' | 'line' | 'column'> {
  const path = key.split('.');
  return { where: file.where, ...file.placeOfKey(path.slice(0, -1), path.at(-1) ?? '') };
}
