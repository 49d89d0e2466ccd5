import type { ControlRef, Expectation } from '../core/definitions';
import type { Outcome, Severity } from '../core/outcome';
import type { CoverageState, Execution, TableCoverage } from '../core/report';
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
