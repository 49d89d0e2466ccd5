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
): string {
  const counts = countOutcomes(audits);
  const expected = counts.pass + counts.info;
  const parts: string[] = [];
  if (findings.length > 0) {
    parts.push(
      findings.length === 1
        ? '1 finding needs a reviewer.'
        : `${findings.length.toLocaleString('en-US')} findings need a reviewer.`,
    );
  } else {
    parts.push('No findings.');
  }
  if (counts.error > 0) {
    parts.push(
      counts.error === 1
        ? '1 question could not be answered.'
        : `${String(counts.error)} questions could not be answered.`,
    );
  }
  if (!coverage.complete) parts.push(uncoveredText(coverage));
  parts.push(`${String(expected)} of ${String(audits.length)} audits found what was expected.`);
  return parts.join(' ');
}

function uncoveredText(coverage: Coverage): string {
  const hours = coverage.registries.flatMap((registry) => registry.hours);
  const uncovered = hours.filter((hour) => !isCovered(hour.state)).length;
  if (uncovered === 0 && hours.length > 0) {
    return 'Something shows that records were lost: see “Were we looking?”.';
  }
  return hours.length === 0
    ? 'Nothing shows that logs were being collected.'
    : `Logs are missing for ${String(uncovered)} of ${String(hours.length)} registry-hours.`;
}
