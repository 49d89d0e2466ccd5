import { join } from 'node:path';
import type { Problem } from '../core/errors';
import type { Language, LanguageId, Languages } from '../core/language';
import { prepared } from '../core/prepared';
import { invalidCatalog } from './invalid-catalog';
import type { Form, Glossary } from './language-files';
import { readText } from './read-text';

/** Languages of which each is parsed when it is first needed: most runs need one. */
export interface LazyLanguages {
  readonly languages: Languages;
  glossaryOf(id: LanguageId): Glossary;
}

/** What the build makes of a language's file. */
export interface PreparedLanguage {
  readonly phrases: readonly (readonly [key: string, form: Form])[];
  readonly glossary: Glossary;
}

interface Words {
  readonly language: Language;
  readonly glossary: Glossary;
}

/**
 * The languages of a templates folder. What is wrong with one, such as a phrase of the program that it lacks, is thrown
 * as CATALOG_INVALID when it is asked for; `tallyman check` compares them all.
 */
export async function loadLanguages(folder: string): Promise<Languages> {
  return (await openLanguages(folder)).languages;
}

/** The same, with the words that audits share. */
export async function openLanguages(folder: string): Promise<LazyLanguages> {
  const words = { en: await openLanguage(folder, 'en'), ko: await openLanguage(folder, 'ko') };
  return {
    languages: {
      get en() {
        return words.en().language;
      },
      get ko() {
        return words.ko().language;
      },
    },
    glossaryOf: (id) => words[id]().glossary,
  };
}

async function openLanguage(folder: string, id: LanguageId): Promise<() => Words> {
  const where = join(folder, 'languages', `${id}.yaml`);
  const problems: Problem[] = [];
  const text = await readText(where, problems);
  if (text === undefined) {
    return () => {
      throw invalidCatalog(folder, problems);
    };
  }
  const made = prepared(id, text) as PreparedLanguage | undefined;
  if (made !== undefined) {
    return once(() => ({
      language: { id, phrases: new Map(made.phrases) },
      glossary: made.glossary,
    }));
  }
  // Loaded only here: it needs the YAML parser and the schemas.
  const { parseSoundLanguage } = await import('./language-files.js');
  return once(() => {
    const found: Problem[] = [];
    const file = parseSoundLanguage(where, text, id, found);
    if (file === undefined) throw invalidCatalog(folder, found);
    return file;
  });
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
