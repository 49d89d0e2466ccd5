import type { ChainEntry } from '../archive/chain';
import { TallymanError } from '../core/errors';
import type { Instant, Period } from '../core/period';
import { isAfterEnd, promisedUnder, runDueAt } from './plan';
import type { StreamDefinition } from './streams';

/** A period that somebody wants a run of. */
export interface WantedRun {
  readonly definition: StreamDefinition;
  readonly period: Period;
  readonly entries: readonly ChainEntry[];
  readonly now: Instant;
  /** Whether the run may be made before its logs have settled. */
  readonly early: boolean;
}

/**
 * The period as the stream's chain promises it. Throws ARGUMENT_INVALID for one that must not be sealed: a chain
 * takes nothing back, so a run of half a day would count as the whole day for ever.
 */
export function periodToRun({ definition, period, entries, now, early }: WantedRun): Period {
  const { stream, report } = definition;
  const refuse = (why: string, hint: string): never => {
    throw new TallymanError('ARGUMENT_INVALID', `${stream}: ${period.id} ${why}.`, { hint });
  };
  const promised = entries.length === 0 ? period : promisedUnder(entries, period);
  if (promised === undefined) {
    return refuse(
      'is no period that the stream’s chain promises',
      'It lies before the stream’s first period, or before or after a change of calendar; `tallyman due` makes what is promised.',
    );
  }
  if (isAfterEnd(report, promised)) {
    return refuse(
      `is after the report’s last date, ${report.ends ?? ''}`,
      'Change `ends` in the report’s file if it is to go on.',
    );
  }
  if (promised.end > now) {
    return refuse(
      `is not over: it ends at ${promised.end}, and it is ${now}`,
      'Ask for it when it is over, or leave it to `tallyman due`.',
    );
  }
  const due = runDueAt(report, entries, promised);
  if (due > now && !early) {
    return refuse(
      `is over, and its logs have until ${due} to arrive`,
      'Ask for it then, or leave it to `tallyman due`. With --early it is made now, without what arrives later.',
    );
  }
  return promised;
}
