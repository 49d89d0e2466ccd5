/** What an audit came to. `error` means that it could not be determined; it is never a kind of pass. */
export type Outcome = 'error' | 'fail' | 'info' | 'pass';

/** How bad a finding of an audit is. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** Worst first. */
export const OUTCOMES = ['error', 'fail', 'info', 'pass'] as const satisfies readonly Outcome[];

/** Worst first. */
export const SEVERITIES = [
  'critical',
  'high',
  'medium',
  'low',
  'info',
] as const satisfies readonly Severity[];

/** The worst of several outcomes; `pass` when there are none. */
export function worstOutcome(outcomes: readonly Outcome[]): Outcome {
  return OUTCOMES.find((outcome) => outcomes.includes(outcome)) ?? 'pass';
}

/** Negative when `a` is worse than `b`: sorts worst first. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}
