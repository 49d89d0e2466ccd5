import type { Report } from '../core/report';
import { formatNumber, labelOfPeriodId } from './format';
import { visible } from './visible';

/** Sentences of one kind of change on page one before the rest is counted. */
const CHANGES_LISTED = 3;

export interface ChangesModel {
  readonly heading: string;
  readonly items: readonly { readonly word: string; readonly text: string }[];
  /** Said when there are no items: nothing changed, or nothing to compare with. */
  readonly none: string;
}

/** What is different from the period before, as page one and the mail say it. */
export function changesModel(report: Report): ChangesModel {
  const { changes, period } = report;
  const item =
    (word: string) =>
    (text: string): { word: string; text: string } => ({ word, text: visible(text, 400) });
  const listed = (word: string, sentences: readonly string[]): { word: string; text: string }[] => {
    const shown = sentences.slice(0, CHANGES_LISTED).map(item(word));
    const more = sentences.length - shown.length;
    return more > 0
      ? [...shown, { word, text: `and ${formatNumber(more)} more, which the answers below hold` }]
      : shown;
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
