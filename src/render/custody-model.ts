import type { Custody } from '../core/custody';
import type { Language, Text } from '../core/language';
import { phrase, say, sentences } from '../core/language';
import type { Report } from '../core/report';
import { bothTimes } from './format';
import { labelOfPeriodId } from './spans';
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

export function custodyModel({ custody, period }: Report, language: Language): CustodyModel {
  const { timeZone } = period;
  const told = (text: Text, longest: number): string => visible(say(text, language), longest);
  const { askedAgain } = custody;
  const more = askedAgain.length - LINES_SHOWN;
  return {
    askedAgain: askedAgain.slice(0, LINES_SHOWN).map((asked) => ({
      period: labelOfPeriodId(
        asked.period.kind,
        asked.period.timeZone,
        asked.period.id,
        language.id,
      ),
      asked: say(
        phrase('again.asked', {
          days: phrase('count.days', { count: asked.after }),
          at: bothTimes(asked.askedAt, timeZone),
        }),
        language,
      ),
      result: told(sentences([phrase(`again.result.${asked.result}`), ...asked.reasons]), 600),
    })),
    askedAgainCut: more > 0 ? say(phrase('cut.askedAgain', { more }), language) : '',
    mailTrouble: custody.mailTrouble.slice(0, LINES_SHOWN).map((trouble) => ({
      mail: say(
        phrase('mailTrouble.mail', {
          subject: visible(trouble.subject, 160),
          to: visible(trouble.to, 120),
        }),
        language,
      ),
      at: bothTimes(trouble.at, timeZone),
      said: say(
        phrase(`mailTrouble.${trouble.status}`, {
          count: trouble.attempts,
          detail: visible(trouble.detail, 300),
        }),
        language,
      ),
    })),
    retention: told(retentionText(custody), 600),
    witness: told(witnessText(custody), 400),
  };
}

function retentionText({ retention }: Custody): Text {
  if (retention === undefined) return phrase('retention.unread');
  return sentences([phrase(`retention.status.${retention.status}`), retention.detail]);
}

function witnessText({ witness }: Custody): Text {
  if (witness === undefined) return phrase('witness.off');
  const { authority, newest, waiting } = witness;
  return sentences([
    newest === null ? phrase('witness.none') : phrase('witness.newest', { entry: newest }),
    ...(waiting > 0 ? [phrase('witness.waiting', { count: waiting })] : []),
    phrase('witness.asked', { authority }),
  ]);
}
