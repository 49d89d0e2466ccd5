import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Language, LanguageId, Languages, Phrase, Text } from '../../src/core/language';
import { say } from '../../src/core/language';
import type { Views } from '../../src/render/views';
import { loadViews } from '../../src/render/views';

const templates = join(__dirname, '../../templates');

type Form = string | { readonly one: string; readonly other: string };

/** A shipped language's texts by key, as the program reads it. */
function phrasesOf(id: LanguageId): Map<string, Form> {
  const tree = parse(readFileSync(join(templates, `languages/${id}.yaml`), 'utf8')) as object;
  const phrases = new Map<string, Form>();
  const collect = (node: object, path: string): void => {
    for (const [name, value] of Object.entries(node) as [string, Form | object][]) {
      if (typeof value === 'string' || 'one' in value) phrases.set(path + name, value);
      else collect(value, `${path}${name}.`);
    }
  };
  // With the words for audits, which nothing says as phrases.
  collect(tree, '');
  return phrases;
}

export const LANGUAGES: Languages = {
  en: { id: 'en', phrases: phrasesOf('en') },
  ko: { id: 'ko', phrases: phrasesOf('ko') },
};

export const ENGLISH: Language = LANGUAGES.en;

/** The views as they are shipped. */
export function shippedViews(): Promise<Views> {
  return loadViews(join(templates, 'views'), LANGUAGES);
}

/** A value with every text in it as a string. */
type Said<T> = [Phrase] extends [T]
  ? string
  : T extends readonly (infer U)[]
    ? Said<U>[]
    : T extends object
      ? { [K in keyof T]: Said<T[K]> }
      : T;

/** A value with every text in it said in English. */
export function said<T>(value: T): Said<T> {
  if (Array.isArray(value)) return value.map(said) as Said<T>;
  if (typeof value !== 'object' || value === null) return value as Said<T>;
  if ('phrase' in value || 'texts' in value || 'longest' in value) {
    return say(value as unknown as Text, ENGLISH) as Said<T>;
  }
  const entries = Object.entries(value).map(([key, inner]) => [key, said(inner as unknown)]);
  return Object.fromEntries(entries) as Said<T>;
}
