import type { Text } from '../core/language';
import { phrase, sentences } from '../core/language';
import type { Outcome, Severity } from '../core/outcome';
import { SEVERITIES, worstOutcome } from '../core/outcome';
import { isCovered } from './coverage';
import type { AuditResult, Coverage, Finding } from '../core/report';

/** The worst of the audits' outcomes, and `error` when the logs do not cover the whole period. */
export function overallOutcome(audits: readonly AuditResult[], coverage: Coverage): Outcome {
  return worstOutcome([
    ...audits.map((audit) => audit.outcome),
    ...(coverage.complete ? [] : (['error'] as const)),
  ]);
}

/** How many audits came to each outcome. */
export function countOutcomes(audits: readonly AuditResult[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { error: 0, fail: 0, info: 0, pass: 0 };
  for (const audit of audits) counts[audit.outcome]++;
  return counts;
}

/** How many findings there are of each severity. */
export function countSeverities(findings: readonly Finding[]): Record<Severity, number> {
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<
    Severity,
    number
  >;
  for (const finding of findings) counts[finding.severity]++;
  return counts;
}

/** The whole report in a few sentences: findings, doubts, then what was as expected. */
export function verdictSentence(
  audits: readonly AuditResult[],
  findings: readonly Finding[],
  coverage: Coverage,
): Text {
  const counts = countOutcomes(audits);
  return sentences([
    findings.length > 0
      ? phrase('verdict.findings', { count: findings.length })
      : phrase('verdict.noFindings'),
    ...(counts.error > 0 ? [phrase('verdict.unanswered', { count: counts.error })] : []),
    ...(coverage.complete ? [] : [uncoveredText(coverage)]),
    expectedText(audits, counts.pass, coverage),
  ]);
}

/** How many audits found what they expect; lists for information expect nothing, so they are told apart. */
function expectedText(
  audits: readonly Pick<AuditResult, 'expect'>[],
  expected: number,
  { complete }: Coverage,
): Text {
  const lists = audits.filter(({ expect }) => expect === 'any').length;
  const count = audits.length - lists;
  if (count === 0) return phrase('verdict.onlyLists', { count: lists });
  const found = phrase(complete ? 'verdict.expected' : 'verdict.expectedWhereCovered', {
    expected,
    count,
  });
  return lists === 0
    ? phrase('verdict.withoutLists', { found })
    : phrase('verdict.withLists', { found, count: lists });
}

function uncoveredText(coverage: Coverage): Text {
  const hours = coverage.registries.flatMap((registry) => registry.hours);
  const uncovered = hours.filter((hour) => !isCovered(hour.state)).length;
  if (uncovered === 0 && hours.length > 0) {
    return phrase('verdict.recordsLost');
  }
  return hours.length === 0
    ? phrase('verdict.nothingCollected')
    : phrase('verdict.logsMissing', { count: uncovered, total: hours.length });
}
