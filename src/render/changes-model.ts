import type { Language, Text } from '../core/language';
import { phrase, say } from '../core/language';
import type { Report } from '../core/report';
import { labelOfPeriodId } from './spans';
import { visible } from './visible';

/** Sentences of one kind of change before the rest is counted; a chapter lists all where some are left out. */
const CHANGES_LISTED = 3;

/** A sentence is cut here. */
const CHANGE_CHARACTERS = 120;

export interface ChangesModel {
  readonly heading: string;
  readonly items: readonly { readonly word: string; readonly text: string }[];
  /** Every change by itself; empty where `items` leave none out. */
  readonly all: readonly { readonly word: string; readonly text: string }[];
  /** Said when there are no items: nothing changed, or nothing to compare with. */
  readonly none: string;
}

/** What is different from the period before, as page one and the mail say it: `listed` of each kind, in `longest` characters each. */
export function changesModel(
  report: Report,
  language: Language,
  listed = CHANGES_LISTED,
  longest = CHANGE_CHARACTERS,
): ChangesModel {
  const { changes, period } = report;
  const told = (word: Text, all: readonly Text[]): ChangesModel['items'] => {
    if (all.length === 0) return [];
    const shown = all.slice(0, listed).map((text) => visible(say(text, language), longest));
    const more = all.length - shown.length;
    const rest = more > 0 ? [say(phrase('changes.more', { more, word }), language)] : [];
    return [{ word: say(word, language), text: [...shown, ...rest].join(' ') }];
  };
  const kinds = [
    [phrase('changes.word.new'), changes.appeared],
    [phrase('changes.word.gone'), changes.gone],
    [phrase('changes.word.unusual'), changes.unusual],
  ] as const;
  const items = kinds.flatMap(([word, texts]) => told(word, texts));
  const isCut = kinds.some(
    ([, texts]) =>
      texts.length > listed || texts.some((text) => say(text, language).length > longest),
  );
  const all = (isCut ? kinds : []).flatMap(([word, texts]) =>
    texts.map((text) => ({ word: say(word, language), text: visible(say(text, language), 400) })),
  );
  if (changes.since === undefined) {
    return {
      heading: say(phrase('changes.sinceBefore'), language),
      items,
      all,
      none: say(phrase('changes.noRunBefore'), language),
    };
  }
  const before = labelOfPeriodId(period.kind, period.timeZone, changes.since, language.id);
  return {
    heading: say(phrase('changes.since', { period: before }), language),
    items,
    all,
    none: say(phrase('changes.nothing'), language),
  };
}
