import type { ControlRef, Expectation } from '../core/definitions';
import type { Language, Phrase, Text } from '../core/language';
import { listed, phrase, say, sentences } from '../core/language';
import type { Outcome, Severity } from '../core/outcome';
import type { PastPeriod } from '../core/past';
import type {
  CoverageProof,
  CoverageState,
  Execution,
  TableCoverage,
  WaiverUse,
} from '../core/report';
import { formatBytes } from './spans';
import { visible } from './visible';

/** A word with the style class that both writers know it by. */
export interface Badge {
  readonly word: string;
  readonly style: string;
}

/** Letters that mark the cells of a strip, so that they can be told apart without colour. */
const LETTERS: Record<CoverageState, string> = {
  collected: '',
  quiet: '–',
  gap: '!',
  unknown: '?',
};

/** How an outcome is named to people. */
export function outcomeBadge(outcome: Outcome, language: Language): Badge {
  return { word: say(phrase(`outcome.${outcome}`), language), style: outcome };
}

/** As `outcomeBadge`, of an audit: one that saw nothing wrong where logs are missing is not simply as expected. */
export function auditBadge(outcome: Outcome, logsComplete: boolean, language: Language): Badge {
  return outcome === 'pass' && !logsComplete
    ? { word: say(phrase('outcome.covered'), language), style: 'covered' }
    : outcomeBadge(outcome, language);
}

/** How it is named to people that the logs do not cover the whole period. */
export function incompleteBadge(language: Language): Badge {
  return { word: say(phrase('count.incomplete'), language), style: 'error' };
}

/** How a severity is named to people. */
export function severityBadge(severity: Severity, language: Language): Badge {
  const word = say(phrase(`severity.${severity}`), language);
  return { word, style: severity === 'info' ? 'notice' : severity };
}

/** What an audit expects, in words. */
export function expectationText(expect: Expectation): Text {
  return phrase(`expect.${expect}`);
}

/** A coverage state's word and letter. */
export function coverageWords(
  state: CoverageState,
  language: Language,
): { word: string; letter: string } {
  return { word: say(phrase(`state.${state}`), language), letter: LETTERS[state] };
}

/** How the state of a table is named to people. */
export function tableStateText(state: TableCoverage['state']): Text {
  return phrase(`tableState.${state}`);
}

const PROOF_STYLES: Record<CoverageProof['status'], string> = {
  supports: 'pass',
  contradicts: 'fail',
  unknown: 'error',
  off: 'info',
};

/** What something besides the records says about them. */
export function proofWords(
  status: CoverageProof['status'],
  language: Language,
): { state: string; style: string } {
  return { state: say(phrase(`proof.status.${status}`), language), style: PROOF_STYLES[status] };
}

/** How an answer's completeness is named to people. */
export function answerText(answer: Execution['answer']): Text {
  return phrase(`answer.${answer}`);
}

/** `PCI DSS 4.0.1 10.2.1.7`, in the definition's order; a name is not broken over two lines. */
export function controlNames(controls: readonly ControlRef[], longest = 120): string[] {
  return controls.map((control) =>
    visible(`${control.frameworkName} ${control.id}`, longest).replace(/ /g, '\u00A0'),
  );
}

/** Names of controls to stand one after another, each with what separates it from the next, and how many more there are. */
export function controlsInLine(names: readonly string[], more = 0): string[] {
  const last = more === 0 ? '' : `\u00A0+${String(more)}`;
  return names.map((name, index) => name + (index < names.length - 1 ? '\u00A0·' : last));
}

/** Said where a list of findings is empty; a quiet report is never praised more than its coverage allows. */
export function nothingFoundText(covered: boolean): Text {
  return covered ? phrase('found.nothing') : phrase('found.nothingUncovered');
}

/** How the outcome of an earlier period is named to people. */
export function pastBadge(outcome: PastPeriod['outcome'], language: Language): Badge {
  return outcome === 'gap'
    ? { word: say(phrase('past.noReport'), language), style: 'error' }
    : outcomeBadge(outcome, language);
}

/** What a reviewer decided. */
export function reviewText(review: PastPeriod['review']): Text {
  return review === undefined ? phrase('review.none') : phrase(`review.${review}`);
}

/** `1 high`, `2 medium` */
export function severityCounts(counts: readonly (readonly [Severity, number])[]): Text[] {
  return counts
    .filter(([, count]) => count > 0)
    .map(([severity, number]) =>
      phrase('severity.count', { number, severity: phrase(`severity.${severity}`) }),
    );
}

/** `1 high, 2 medium; 1 could not tell` */
export function severityCountsText(
  counts: readonly (readonly [Severity, number])[],
  untold: number,
  outcome: PastPeriod['outcome'],
): Text {
  if (outcome === 'gap') return phrase('past.noReportMade');
  const found = severityCounts(counts);
  const parts: Text[] = [
    ...(found.length > 0 ? [listed(found)] : []),
    ...(untold > 0 ? [phrase('count.untold', { number: untold })] : []),
  ];
  if (outcome === 'error' && untold === 0) parts.push(phrase('count.incomplete'));
  return parts.length > 0 ? { texts: parts, between: '; ' } : phrase('count.noFindings');
}

/** How the days of a period went; one that has findings and could not tell all is among both. */
export function daysSentence(
  count: number,
  days: readonly Pick<PastPeriod, 'outcome' | 'findings'>[],
): Text {
  const untold = days.filter(({ outcome }) => outcome === 'error' || outcome === 'gap');
  const both = untold.filter(hasFindings).length;
  const values = {
    days: phrase('count.days', { count }),
    expected: days.filter(({ outcome }) => outcome === 'pass' || outcome === 'info').length,
    findings: days.filter(hasFindings).length,
    untold: untold.length,
  };
  const missing = count - days.length;
  return sentences([
    missing > 0
      ? phrase('past.daysAndMissing', { ...values, missing })
      : phrase('past.days', values),
    ...(both === 0 ? [] : [phrase('past.daysBoth', { count: both })]),
  ]);
}

function hasFindings({ outcome, findings }: Pick<PastPeriod, 'outcome' | 'findings'>): boolean {
  return outcome === 'fail' || Object.values(findings).some((count) => count > 0);
}

/** Whether an identity was there before the period, as `identity-activity` writes it. */
export function seenText(seen: string): Text {
  switch (seen) {
    case 'before':
      return phrase('seen.before');
    case 'first time':
      return phrase('seen.firstTime');
    case 'only refused':
      return phrase('seen.onlyRefused');
    case 'could not tell':
      return phrase('seen.cannotTell');
    default:
      return visible(seen, 80);
  }
}

/** What an identity can have done: columns of `identity-activity`. */
export const DEEDS = [
  'Logins',
  'Pulls',
  'Pushes',
  'Deletions',
  'FailedLogins',
  'FailedOperations',
] as const;

/** `3 logins, 1 push` */
export function deedsText(
  counts: readonly (readonly [deed: (typeof DEEDS)[number], count: number])[],
): Text {
  const parts = counts
    .filter(([, count]) => count > 0)
    .map(([deed, count]) => phrase(`deed.${deed}`, { count }));
  return parts.length === 0 ? phrase('deed.none') : listed(parts);
}

const WAIVER_STYLES: Record<WaiverUse['state'], string> = {
  'in-force': 'info',
  'ends-soon': 'medium',
  unused: 'low',
  expired: 'high',
};

/** How the state of a waiver is named to people. */
export function waiverBadge(state: WaiverUse['state'], language: Language): Badge {
  return { word: say(phrase(`waiver.${state}`), language), style: WAIVER_STYLES[state] };
}

/** Parts of columns' names that are no words. */
const ABBREVIATIONS: Readonly<Record<string, string>> = { Id: 'ID', Ip: 'IP' };

/** What a series or column is called where nobody has named it: `Caller IP address` for `CallerIpAddress`. */
export function plainName(column: string): string {
  if (!/^[A-Z][a-z]+([A-Z][a-z]+)+$/.test(column)) return column;
  const [first = '', ...others] = column.match(/[A-Z][a-z]+/g) ?? [];
  return [first, ...others.map((part) => ABBREVIATIONS[part] ?? part.toLowerCase())].join(' ');
}

/** Some names, and how many more there are. */
export function namesAndMore(names: readonly string[], more: number): Text {
  return more > 0 ? phrase('names.andMore', { names: listed(names), more }) : listed(names);
}

/** Why a PDF is not attached to the mail that tells of it. */
export function notAttachedText(bytes: number, megabytes: number, language: Language): Phrase {
  const size = formatBytes(bytes, language.id);
  return megabytes === 0
    ? phrase('mail.neverAttached', { size })
    : phrase('mail.tooLarge', { size, megabytes });
}
