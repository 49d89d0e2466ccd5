import type { Report } from '../core/report';
import { formatNumber, labelOfPeriodId } from './format';
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
export function changesModel(report: Report): ChangesModel {
  const { changes, period } = report;
  const listed = (word: string, sentences: readonly string[]): ChangesModel['items'] => {
    if (sentences.length === 0) return [];
    const shown = sentences.slice(0, CHANGES_LISTED).map((sentence) => visible(sentence, 120));
    const more = sentences.length - shown.length;
    const rest = more > 0 ? [`And ${formatNumber(more)} more.`] : [];
    return [{ word, text: [...shown, ...rest].join(' ') }];
  };
  const items = [
    ...listed('new', changes.appeared),
    ...listed('gone', changes.gone),
    ...listed('unusual', changes.unusual),
  ];
  if (changes.since === undefined) {
    return {
      heading: 'Since the period before',
      items,
      none: 'There is no sealed run of the period before to compare with.',
    };
  }
  return {
    heading: `Since ${labelOfPeriodId(period.kind, period.timeZone, changes.since)}`,
    items,
    none: 'Nothing new, nothing gone, nothing unusual was found.',
  };
}
