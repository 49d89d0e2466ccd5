import type { AskedAgain, Custody } from '../core/custody';
import type { Report } from '../core/report';
import { bothTimes, formatCount, formatNumber, labelOfPeriodId } from './format';
import { visible } from './visible';

/** Lines of each kind; the run's `run.json` has them all. */
const LINES_SHOWN = 40;

/** How the evidence has been kept, as a report's last pages tell it. */
export interface CustodyModel {
  readonly askedAgain: readonly {
    readonly period: string;
    readonly asked: string;
    readonly result: string;
  }[];
  readonly askedAgainCut: string;
  readonly mailTrouble: readonly {
    readonly mail: string;
    readonly at: string;
    readonly said: string;
  }[];
  /** Sentences. */
  readonly retention: string;
  readonly witness: string;
}

const RESULTS: Record<AskedAgain['result'], string> = {
  same: 'The same answers as were sealed.',
  late: 'Logs came late; the amendment has them.',
  lost: 'Logs are gone or altered; see the findings.',
  'cannot-tell': 'Could not tell.',
};

export function custodyModel({ custody, period }: Report): CustodyModel {
  const { askedAgain } = custody;
  const more = askedAgain.length - LINES_SHOWN;
  return {
    askedAgain: askedAgain.slice(0, LINES_SHOWN).map((asked) => ({
      period: labelOfPeriodId(asked.period.kind, asked.period.timeZone, asked.period.id),
      asked: `${formatCount(asked.after, 'day')} after it was due: ${bothTimes(asked.askedAt, period.timeZone)}`,
      result: visible([RESULTS[asked.result], ...asked.reasons].join(' '), 600),
    })),
    askedAgainCut: more > 0 ? `and ${formatNumber(more)} more in run.json.` : '',
    mailTrouble: custody.mailTrouble.slice(0, LINES_SHOWN).map((trouble) => ({
      mail: `${visible(trouble.subject, 160)}, to ${visible(trouble.to, 120)}`,
      at: bothTimes(trouble.at, period.timeZone),
      said: `${trouble.status === 'failed' ? 'Given up' : 'Not sent yet'} after ${formatCount(trouble.attempts, 'attempt')}: ${visible(trouble.detail, 300)}`,
    })),
    retention: retentionText(custody),
    witness: witnessText(custody),
  };
}

function retentionText({ retention }: Custody): string {
  if (retention === undefined) return 'Not read.';
  const word = {
    locked: 'Locked.',
    unlocked: 'Not locked: it can be taken away.',
    absent: 'None: whoever may delete in the archive’s storage can delete it.',
    unknown: 'Could not tell.',
  }[retention.status];
  return visible(`${word} ${retention.detail}`.trim(), 600);
}

function witnessText({ witness }: Custody): string {
  if (witness === undefined) {
    return 'No time-stamping authority is asked. The head in each mail is the only witness outside the archive.';
  }
  const { authority, newest, waiting } = witness;
  const held =
    newest === null
      ? 'No token yet.'
      : `The newest token is of entry ${formatNumber(newest)}, and so of all before it.`;
  const open =
    waiting === 0
      ? ''
      : ` ${formatCount(waiting, 'entry', 'entries')} without a token of their own.`;
  return visible(`${held}${open} Asked: ${authority}.`, 400);
}
