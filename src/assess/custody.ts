import type { AskedAgain, Custody } from '../core/custody';
import { sha256, stableJson } from '../core/digest';
import type { Text } from '../core/language';
import { listed, phrase, sentences } from '../core/language';
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
        text: sentences([
          phrase('custody.lost', { period: period.id, loss: lossText(asked) }),
          ...asked.reasons,
        ]),
        values,
        key: sha256(stableJson({ audit: CLOSED_PERIODS, values })),
      };
    });
}

/** `3 records gone, 2 rows vanished, 1 row changed`; of what there is none, nothing is said. */
function lossText({ rows, records }: AskedAgain): Text {
  return listed([
    ...(records.lost > 0 ? [phrase('custody.recordsGone', { count: records.lost })] : []),
    ...(rows.vanished > 0 ? [phrase('difference.vanished', { count: rows.vanished })] : []),
    ...(rows.changed > 0 ? [phrase('difference.changed', { count: rows.changed })] : []),
  ]);
}

/** What the keeping of older evidence adds to a report's outcome. */
export function custodyOutcomes({ askedAgain }: Custody): Outcome[] {
  return askedAgain.flatMap(({ result }): Outcome[] =>
    result === 'lost' ? ['fail'] : result === 'cannot-tell' ? ['error'] : [],
  );
}

/** Sentences for the report's verdict about closed periods that can't be judged any more. */
export function custodyVerdict({ askedAgain }: Custody): Text {
  const untold = askedAgain.filter(({ result }) => result === 'cannot-tell');
  const [first] = untold;
  if (first === undefined) return '';
  return untold.length === 1
    ? phrase('custody.cannotTellOne', { period: first.period.id })
    : phrase('custody.cannotTellMany', { periods: untold.length });
}
