import type { Language, Text } from '../core/language';
import { phrase, say } from '../core/language';
import type { Report } from '../core/report';
import { labelOfPeriodId } from './spans';
import { visible } from './visible';

/** Sentences of one kind of change before the rest is counted: new, gone and unusual are about a line each. */
const CHANGES_LISTED = 1;

export interface ChangesModel {
  readonly heading: string;
  readonly items: readonly { readonly word: string; readonly text: string }[];
  /** Said when there are no items: nothing changed, or nothing to compare with. */
  readonly none: string;
}

/** What is different from the period before, as page one and the mail say it. */
export function changesModel(report: Report, language: Language): ChangesModel {
  const { changes, period } = report;
  const told = (word: Text, all: readonly Text[]): ChangesModel['items'] => {
    if (all.length === 0) return [];
    const shown = all.slice(0, CHANGES_LISTED).map((text) => visible(say(text, language), 120));
    const more = all.length - shown.length;
    const rest = more > 0 ? [say(phrase('changes.more', { more }), language)] : [];
    return [{ word: say(word, language), text: [...shown, ...rest].join(' ') }];
  };
  const items = [
    ...told(phrase('changes.word.new'), changes.appeared),
    ...told(phrase('changes.word.gone'), changes.gone),
    ...told(phrase('changes.word.unusual'), changes.unusual),
  ];
  if (changes.since === undefined) {
    return {
      heading: say(phrase('changes.sinceBefore'), language),
      items,
      none: say(phrase('changes.noRunBefore'), language),
    };
  }
  const before = labelOfPeriodId(period.kind, period.timeZone, changes.since, language.id);
  return {
    heading: say(phrase('changes.since', { period: before }), language),
    items,
    none: say(phrase('changes.nothing'), language),
  };
}
