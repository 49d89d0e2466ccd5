import type { PHRASES } from './phrases';

/** Languages that a report can be written in: each has a file in `templates/languages`. */
export const LANGUAGE_IDS = ['en', 'ko'] as const;
export type LanguageId = (typeof LANGUAGE_IDS)[number];

/** A sentence, or a part of one, that the program makes. Which there are is in phrases.ts; how each is said, in the language's file. */
export type PhraseKey = keyof typeof PHRASES;

/**
 * What a reader will be told, in no language yet. A string is said as it is: a value of a log, a name, what somebody
 * else said. It is plain JSON, so that a sealed file can keep it.
 */
export type Text = string | number | Phrase | TextList | ShortText;

export interface Phrase {
  readonly phrase: PhraseKey;
  /** By placeholder. `count` also chooses between one and other. */
  readonly values?: Readonly<Record<string, Text>>;
}

/** Texts beside each other; empty ones are left out. */
export interface TextList {
  readonly texts: readonly Text[];
  readonly between: string;
}

/** A text that is cut after so many characters, and what is said in place of the rest. */
export interface ShortText {
  readonly text: Text;
  readonly longest: number;
  readonly rest: Text;
}

/** How one language says everything. */
export interface Language {
  readonly id: LanguageId;
  /** `{name}` stands for a value. */
  readonly phrases: ReadonlyMap<string, string | { readonly one: string; readonly other: string }>;
}

/** Every language that a report can be written in. */
export type Languages = Readonly<Record<LanguageId, Language>>;

/** The placeholders of a phrase. */
type Placeholder<K extends PhraseKey> = (typeof PHRASES)[K][number];

/** Without a second argument exactly where there is nothing to fill in. */
type Values<K extends PhraseKey> = [Placeholder<K>] extends [never]
  ? []
  : [values: Readonly<Record<Placeholder<K>, Text>>];

/** A phrase with what stands in its places. */
export function phrase<K extends PhraseKey>(key: K, ...[values]: Values<K>): Phrase {
  return values === undefined ? { phrase: key } : { phrase: key, values };
}

/** Sentences one after another. */
export function sentences(texts: readonly Text[]): TextList {
  return { texts, between: ' ' };
}

/** `a, b, c` */
export function listed(texts: readonly Text[]): TextList {
  return { texts, between: ', ' };
}

/** A text in a language. Raw values in it stay raw: whoever shows it makes them visible. */
export function say(text: Text, language: Language): string {
  if (typeof text === 'string') return text;
  if (typeof text === 'number') return formatNumber(text);
  if ('texts' in text) {
    const said = text.texts.map((part) => say(part, language));
    return said.filter((part) => part !== '').join(text.between);
  }
  if ('longest' in text) {
    const whole = say(text.text, language);
    return whole.length <= text.longest
      ? whole
      : cutAtSpace(whole, text.longest) + say(text.rest, language);
  }
  return sayPhrase(text.phrase, text.values ?? {}, language);
}

/** The beginning of a text up to the last space that leaves most of it. */
function cutAtSpace(text: string, longest: number): string {
  const space = text.lastIndexOf(' ', longest);
  return text.slice(0, space > longest / 2 ? space : longest);
}

/** As `say`, of a phrase that a view names. */
export function sayPhrase(
  key: string,
  values: Readonly<Record<string, Text>>,
  language: Language,
): string {
  const form = language.phrases.get(key);
  if (form === undefined) {
    // Sealed by a version that knew the phrase: nothing of what it says is lost.
    const told = Object.entries(values).map(([name, value]) => `${name} ${say(value, language)}`);
    return [key, ...told].join(', ');
  }
  const template = typeof form === 'string' ? form : values['count'] === 1 ? form.one : form.other;
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? '' : say(value, language);
  });
}

/** `1,234,567`; a fraction keeps its digits. The same in every language there is. */
export function formatNumber(value: number): string {
  const [whole = '', fraction] = String(value).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
