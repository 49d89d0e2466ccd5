import type { AskedAgain, Custody } from '../core/custody';
import { sha256, stableJson } from '../core/digest';
import type { Outcome } from '../core/outcome';
import type { Finding } from '../core/report';

/** The id under which findings about closed periods stand; no audit's folder can have it. */
const CLOSED_PERIODS = 'closed-periods';

/** A critical finding for each closed period of which logs are gone or altered. */
export function lostFindings(askedAgain: readonly AskedAgain[]): Finding[] {
  return askedAgain
    .filter(({ result }) => result === 'lost')
    .map((asked) => {
      const { period, rows, records, askedAt } = asked;
      const values = {
        Period: period.id,
        AskedAgainAt: askedAt,
        RecordsLost: records.lost,
        RowsVanished: rows.vanished,
        RowsChanged: rows.changed,
      };
      return {
        audit: CLOSED_PERIODS,
        severity: 'critical',
        text: `The logs of ${period.id} are not what they were when it was reported on: ${lossText(asked)}. ${asked.reasons.join(' ')}`.trim(),
        values,
        key: sha256(stableJson({ audit: CLOSED_PERIODS, values })),
      };
    });
}

/** `3 records gone, 2 rows vanished, 1 row changed`; of what there is none, nothing is said. */
function lossText({ rows, records }: AskedAgain): string {
  const part = (count: number, noun: string, what: string): string[] =>
    count === 0
      ? []
      : [`${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'} ${what}`];
  return [
    ...part(records.lost, 'record', 'gone'),
    ...part(rows.vanished, 'row', 'vanished'),
    ...part(rows.changed, 'row', 'changed'),
  ].join(', ');
}

/** What the keeping of older evidence adds to a report's outcome. */
export function custodyOutcomes({ askedAgain }: Custody): Outcome[] {
  return askedAgain.flatMap(({ result }): Outcome[] =>
    result === 'lost' ? ['fail'] : result === 'cannot-tell' ? ['error'] : [],
  );
}

/** Sentences for the report's verdict about closed periods that can't be judged any more. */
export function custodyVerdict({ askedAgain }: Custody): string {
  const untold = askedAgain.filter(({ result }) => result === 'cannot-tell');
  const [first] = untold;
  if (first === undefined) return '';
  return untold.length === 1
    ? `Whether the logs of ${first.period.id} are still what they were can’t be told.`
    : `Whether the logs of ${String(untold.length)} closed periods are still what they were can’t be told.`;
}
