import type { ControlRef, Expectation } from '../core/definitions';
import type { Outcome, Severity } from '../core/outcome';
import type { PastPeriod } from '../core/past';
import type {
  CoverageProof,
  CoverageState,
  Execution,
  TableCoverage,
  WaiverUse,
} from '../core/report';
import type { ChartData } from './charts/chart';
import { formatBytes, formatNumber } from './format';
import { visible } from './visible';

/** A word with the style class that both writers know it by. */
export interface Badge {
  readonly word: string;
  readonly style: string;
}

const OUTCOME_WORDS: Record<Outcome, string> = {
  error: 'could not tell',
  fail: 'needs a reviewer',
  info: 'for information',
  pass: 'as expected',
};

const EXPECTATION_WORDS: Record<Expectation, string> = {
  none: 'No row is expected: each one is a finding',
  some: 'At least one row is expected: having none is a finding',
  any: 'Rows are told for information: none is a finding',
};

const STATE_WORDS: Record<CoverageState, { word: string; letter: string }> = {
  collected: { word: 'collected', letter: '' },
  quiet: { word: 'quiet', letter: '–' },
  gap: { word: 'gap', letter: '!' },
  unknown: { word: 'unknown', letter: '?' },
};

const TABLE_WORDS: Record<TableCoverage['state'], string> = {
  collected: 'collected',
  quiet: 'quiet',
  silent: 'silent',
  missing: 'missing',
  'not-asked': 'not asked',
};

const ANSWER_WORDS: Record<Execution['answer'], string> = {
  complete: 'complete',
  partial: 'partial: rows may be missing',
  failed: 'failed: there are no rows',
};

/** How an outcome is named to people. */
export function outcomeBadge(outcome: Outcome): Badge {
  return { word: OUTCOME_WORDS[outcome], style: outcome };
}

/** How a severity is named to people. */
export function severityBadge(severity: Severity): Badge {
  return { word: severity, style: severity === 'info' ? 'notice' : severity };
}

/** What an audit expects, in words. */
export function expectationText(expect: Expectation): string {
  return EXPECTATION_WORDS[expect];
}

/** A coverage state's word and the letter that marks its cells, so that they can be told apart without colour. */
export function coverageWords(state: CoverageState): { word: string; letter: string } {
  return STATE_WORDS[state];
}

/** How the state of a table is named to people. */
export function tableStateText(state: TableCoverage['state']): string {
  return TABLE_WORDS[state];
}

const PROOF_WORDS: Record<CoverageProof['status'], { state: string; style: string }> = {
  supports: { state: 'supports', style: 'pass' },
  contradicts: { state: 'contradicts', style: 'fail' },
  unknown: { state: 'could not tell', style: 'error' },
  off: { state: 'not looked at', style: 'info' },
};

/** What something besides the records says about them. */
export function proofWords(status: CoverageProof['status']): { state: string; style: string } {
  return PROOF_WORDS[status];
}

/** How an answer's completeness is named to people. */
export function answerText(answer: Execution['answer']): string {
  return ANSWER_WORDS[answer];
}

/** `PCI DSS 4.0.1 10.2.1.7`, in the definition's order; a name is not broken over two lines. */
export function controlNames(controls: readonly ControlRef[]): string[] {
  return controls.map((control) =>
    visible(`${control.frameworkName} ${control.id}`, 120).replace(/ /g, '\u00A0'),
  );
}

/** Said where a list of findings is empty; a quiet report is never praised more than its coverage allows. */
export function nothingFoundText(covered: boolean): string {
  const nothing = 'No audit has a finding, and each question was answered.';
  return covered
    ? nothing
    : `${nothing} But the logs do not cover the whole period: something may have happened unseen.`;
}

/** The name of a row whose name is empty. */
export const WITHOUT_NAME = '(no name)';

/** Said where activity would be drawn. */
export const NO_CHARTS =
  'No audit of this report draws its numbers, or none of those was answered.';

/** The series of what has no colour of its own. */
export const OTHER_SERIES = 'all others';

const STEP_WORDS: Record<ChartData['step'], { each: string; many: string; heading: string }> = {
  hour: { each: 'by hour', many: 'hours', heading: 'Hour' },
  day: { each: 'by day', many: 'days', heading: 'Day' },
  other: { each: '', many: 'entries', heading: 'Name' },
};

/** `Failures, by hour` */
export function chartTitle({ title, step }: ChartData): string {
  const { each } = STEP_WORDS[step];
  return each === '' ? title : `${title}, ${each}`;
}

/** The heading of the first column of a chart's numbers. */
export function numbersHeading({ step }: ChartData): string {
  return STEP_WORDS[step].heading;
}

/** What a chart shows, for who does not see it. */
export function chartDescription(data: ChartData): string {
  return data.kind === 'ranking' ? rankingText(data) : timelineText(data);
}

/** The same where a drawing would show nothing more. */
export function chartSentence(data: ChartData): string {
  const total = sumOf(data.series.flatMap(({ values }) => values));
  if (total === 0) return `${data.title}: none.`;
  const at = data.categories.findIndex((_, index) => totalAt(data, index) > 0);
  const where = data.categories[at]?.label ?? '';
  return `${data.title}: ${formatNumber(total)}, all at ${where}.`;
}

function timelineText(data: ChartData): string {
  const { many } = STEP_WORDS[data.step];
  const parts = data.series.map(({ name, values }) => `${name} ${formatNumber(sumOf(values))}`);
  const totals = data.categories.map((_, index) =>
    data.stacked ? totalAt(data, index) : Math.max(...data.series.map((s) => s.values[index] ?? 0)),
  );
  const most = totals.indexOf(Math.max(...totals));
  const doubtful = data.categories.filter((category) => category.doubtful).length;
  const doubt =
    doubtful === 0
      ? ''
      : ` ${formatNumber(doubtful)} of ${formatNumber(totals.length)} ${many} are marked “?”: records of some registry may be missing there.`;
  return `In all: ${parts.join(', ')}. Most at ${data.categories[most]?.label ?? ''}: ${formatNumber(totals[most] ?? 0)}.${doubt}`;
}

function rankingText(data: ChartData): string {
  const shown = data.categories
    .slice(0, 3)
    .map(({ label }, index) => `${label} ${formatNumber(totalAt(data, index))}`);
  const { count, sum } = data.left;
  const rest =
    count === 0 ? '' : ` ${formatNumber(count)} more, not drawn, come to ${formatNumber(sum)}.`;
  return `Greatest: ${shown.join(', ')}.${rest}`;
}

function totalAt(data: ChartData, index: number): number {
  return sumOf(data.series.map(({ values }) => values[index] ?? 0));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** How the outcome of an earlier period is named to people. */
export function pastBadge(outcome: PastPeriod['outcome']): Badge {
  return outcome === 'gap' ? { word: 'no report', style: 'error' } : outcomeBadge(outcome);
}

const REVIEW_WORDS: Record<NonNullable<PastPeriod['review']>, string> = {
  accepted: 'accepted',
  noted: 'noted: something is still to be done',
  rejected: 'rejected: not to be relied on',
};

/** What a reviewer decided. */
export function reviewText(review: PastPeriod['review']): string {
  return review === undefined ? 'not reviewed' : REVIEW_WORDS[review];
}

/** `1 high, 2 medium; 1 could not tell` */
export function severityCountsText(
  counts: readonly (readonly [Severity, number])[],
  untold: number,
  outcome: PastPeriod['outcome'],
): string {
  if (outcome === 'gap') return 'no report could be made';
  const found = counts
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${formatNumber(count)} ${severity}`);
  const doubt = untold > 0 ? [`${formatNumber(untold)} could not tell`] : [];
  const parts = [...(found.length > 0 ? [found.join(', ')] : []), ...doubt];
  if (parts.length > 0) return parts.join('; ');
  return outcome === 'error' ? 'logs incomplete' : 'no findings';
}

/** How the days of a period went. */
export function daysSentence(
  count: number,
  days: readonly Pick<PastPeriod, 'outcome' | 'review'>[],
): string {
  const of = (...outcomes: readonly PastPeriod['outcome'][]): number =>
    days.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const missing = count - days.length;
  const parts = [
    `${formatNumber(of('pass', 'info'))} as expected`,
    `${formatNumber(of('fail'))} with findings`,
    `${formatNumber(of('error', 'gap'))} could not tell`,
    ...(missing > 0 ? [`${formatNumber(missing)} without a sealed report yet`] : []),
  ];
  return `Of ${formatNumber(count)} days: ${parts.join(', ')}.`;
}

const SEEN_WORDS: Readonly<Record<string, string>> = {
  before: 'seen before',
  'first time': 'not seen in the two weeks before',
  'only refused': 'only ever refused in the period',
  'could not tell': 'too few logs to tell whether it was seen before',
};

/** Whether an identity was there before the period. */
export function seenText(seen: string): string {
  return SEEN_WORDS[seen] ?? visible(seen, 80);
}

const DEED_WORDS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  Logins: ['login', 'logins'],
  Pulls: ['pull', 'pulls'],
  Pushes: ['push', 'pushes'],
  Deletions: ['deletion', 'deletions'],
  FailedLogins: ['failed login', 'failed logins'],
  FailedOperations: ['failed operation', 'failed operations'],
};

/** `3 logins, 1 push` */
export function deedsText(counts: readonly (readonly [name: string, count: number])[]): string {
  const parts = counts
    .filter(([, count]) => count > 0)
    .map(([name, count]) => {
      const [one, many] = DEED_WORDS[name] ?? [name, name];
      return `${formatNumber(count)} ${count === 1 ? one : many}`;
    });
  return parts.length === 0 ? 'nothing else' : parts.join(', ');
}

const WAIVER_BADGES: Record<WaiverUse['state'], Badge> = {
  'in-force': { word: 'in force', style: 'info' },
  'ends-soon': { word: 'ends soon', style: 'medium' },
  unused: { word: 'not needed', style: 'low' },
  expired: { word: 'expired', style: 'high' },
};

/** How the state of a waiver is named to people. */
export function waiverBadge(state: WaiverUse['state']): Badge {
  return WAIVER_BADGES[state];
}

/** The names of a finding's circumstances. */
export const CIRCUMSTANCES = { who: 'Who', where: 'From where', when: 'When', known: 'About them' };

/** What a series or column is called where people read it: `failed logins` for `FailedLogins`. */
export function plainName(column: string): string {
  return /^[A-Z][a-z]+([A-Z][a-z]+)+$/.test(column)
    ? column.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : column;
}

/** Said after the first of several findings of one audit. */
export function moreLikeIt(count: number): string {
  return count < 2 ? '' : ` And ${formatNumber(count - 1)} more like it.`;
}

/** Why a PDF is not attached to the mail that tells of it. */
export function notAttachedText(bytes: number, megabytes: number): string {
  const limit =
    megabytes === 0
      ? 'this report’s mails go without attachments'
      : `mails of this report carry at most ${formatNumber(megabytes)} MB`;
  return `The PDF of ${formatBytes(bytes)} is not attached, because ${limit}; it is in the archive.`;
}
