import { isoToTicks, ticksToIso } from './ticks';

/** A `let` of a datetime at the very beginning of a query, on a line of its own, as runs write them. */
const LEADING_LET = /^let \w+ = datetime\(([^()\n]+)\);\n/;

/** Stand-ins are in the 1700s at odd ticks, where no log record and no literal of a person is. */
const FIRST_STAND_IN = isoToTicks('1700-01-01T00:00:00.0000007Z') ?? 0n;
const STAND_IN_STEP = 864_000_000_013n;

/** A query in which moments are replaced by stand-ins, so that it reads the same for every period. */
export interface Template {
  readonly text: string;
  /** What `now()` means while the template is translated. */
  readonly now: string;
  /** The SQL of the query itself, from the SQL of the template. */
  readonly fill: (sql: string) => string;
}

/**
 * Takes the moments out of a query: the datetimes of its leading `let`s, and what `now()` means. The
 * translation of a datetime is its number of ticks and nothing is computed with it before, so the
 * moments can be put back into the SQL. Equal moments get equal stand-ins, and the order is kept.
 */
export function templateOf(text: string, now: string): Template {
  const moments: bigint[] = [];
  let rest = text;
  let length = 0;
  for (let found = LEADING_LET.exec(rest); found !== null; found = LEADING_LET.exec(rest)) {
    const ticks = isoToTicks(found[1] ?? '');
    if (ticks === undefined) break;
    moments.push(ticks);
    length += found[0].length;
    rest = text.slice(length);
  }
  const nowTicks = isoToTicks(now);
  if (nowTicks === undefined) throw new RangeError(`not an instant: ${now}`);
  const ordered = [...new Set([...moments, nowTicks])].sort((a, b) => (a < b ? -1 : 1));
  const standIns = new Map(
    ordered.map((ticks, index) => [ticks, FIRST_STAND_IN + BigInt(index) * STAND_IN_STEP]),
  );
  const standIn = (ticks: bigint): bigint => standIns.get(ticks) ?? ticks;
  let next = 0;
  const head = text
    .slice(0, length)
    .replace(
      /datetime\([^()\n]+\)/g,
      () => `datetime(${ticksToIso(standIn(moments[next++] ?? 0n))})`,
    );
  const real = new Map([...standIns].map(([ticks, stand]) => [String(stand), String(ticks)]));
  const pattern = new RegExp(`\\b(?:${[...real.keys()].join('|')})\\b`, 'g');
  return {
    text: head + rest,
    now: ticksToIso(standIn(nowTicks)),
    fill: (sql) => sql.replace(pattern, (stand) => real.get(stand) ?? stand),
  };
}
