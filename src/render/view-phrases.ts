import type { Problem } from '../core/errors';
import type { Language } from '../core/language';

/** `{{t 'key' name=value}}` in a view. */
export interface PhraseCall {
  readonly line: number;
  readonly key: string;
  /** Names of the values that it gives. */
  readonly given: readonly string[];
}

/** What is wrong with the phrases of a view: each must be there, with a value for each of its placeholders and no other. */
export function phraseProblems(
  where: string,
  calls: readonly PhraseCall[],
  english: Language,
): Problem[] {
  return calls.flatMap(({ line, key, given }) => {
    const form = english.phrases.get(key);
    if (form === undefined) {
      const message = `No text '${key}' is in templates/languages/en.yaml.`;
      return [{ where, line, message, remedy: 'Add it to every language.' }];
    }
    const text = typeof form === 'string' ? form : `${form.one} ${form.other}`;
    const wanted = new Set(Array.from(text.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? ''));
    const missing = [...wanted].filter((name) => !given.includes(name));
    const idle = given.filter((name) => !wanted.has(name));
    if (missing.length + idle.length === 0) return [];
    const wrong = [
      ...missing.map((name) => `needs ${name}=…`),
      ...idle.map((name) => `has no {${name}}`),
    ];
    return [
      {
        where,
        line,
        message: `The text '${key}' ${wrong.join(', ')}.`,
        remedy: 'Give a value for each {name} of the text, and no other.',
      },
    ];
  });
}
