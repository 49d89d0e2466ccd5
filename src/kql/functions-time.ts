import { WHOLE } from './argument-types';
import { isTimeZone } from '../core/period';
import { formatTimespanSql, formatDatetimeSql } from './time-format';
import {
  argAt,
  constantText,
  expectType,
  unary,
  type Arg,
  type CallSite,
  type FunctionRule,
  type FunctionRules,
} from './sql-function';
import { inDatetimeRange, refuseAtRunTime, ticksSql, timestampSql } from './sql-text';
import { americanToIso } from './literals';
import {
  isoToTicks,
  MAX_DATETIME_TICKS,
  ticksFromIsoSql,
  TICKS_PER_DAY,
  TICKS_PER_SECOND,
  UNIX_EPOCH_TICKS,
} from './ticks';

const TIME = ['datetime'] as const;
const DAY = TICKS_PER_DAY;
const WEEK = 7n * DAY;
const HOUR = 3600n * TICKS_PER_SECOND;
const MINUTE = 60n * TICKS_PER_SECOND;

/** Ticks of the parts of a time that always are of the same length. */
const FIXED_PARTS: Readonly<Record<string, bigint>> = {
  week: WEEK,
  day: DAY,
  hour: HOUR,
  minute: MINUTE,
  second: TICKS_PER_SECOND,
  millisecond: 10_000n,
  microsecond: 10n,
};

const MONTHS: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };

/** Functions of datetimes and timespans; both are ticks. */
export const TIME_RULES: FunctionRules = {
  hourofday: unary(TIME, (t) => `((${t} // ${HOUR}) % 24)`),
  // 1 January of the year 1 was a Monday; Kusto's week begins on Sunday.
  dayofweek: unary(TIME, (t) => `(((${t} // ${DAY}) + 1) % 7 * ${DAY})`),
  dayofmonth: unary(TIME, (t) => `CAST(day(${timestampSql(t)}) AS INTEGER)`),
  dayofyear: unary(TIME, (t) => `CAST(dayofyear(${timestampSql(t)}) AS INTEGER)`),
  monthofyear: unary(TIME, (t) => `CAST(month(${timestampSql(t)}) AS BIGINT)`),
  getyear: unary(TIME, (t) => `CAST(year(${timestampSql(t)}) AS BIGINT)`),
  week_of_year: unary(TIME, (t) => `CAST(weekofyear(${timestampSql(t)}) AS INTEGER)`),
  startofday: startOf(DAY, (t, n) => `((${t} // ${DAY} + ${n}) * ${DAY})`),
  startofweek: startOf(WEEK, (t, n) => `(((${t} // ${DAY} + 1) // 7 * 7 - 1 + 7 * ${n}) * ${DAY})`),
  startofmonth: startOf(28n * DAY, (t, n) => startOfMonths(t, 'month', n)),
  startofyear: startOf(365n * DAY, (t, n) => startOfMonths(t, 'year', `12 * ${n}`)),
  endofday: startOf(DAY, (t, n) => `((${t} // ${DAY} + ${n} + 1) * ${DAY} - 1)`),
  endofweek: startOf(
    WEEK,
    (t, n) => `(((${t} // ${DAY} + 1) // 7 * 7 + 6 + 7 * ${n}) * ${DAY} - 1)`,
  ),
  endofmonth: startOf(28n * DAY, (t, n) => `(${startOfMonths(t, 'month', `(${n} + 1)`)} - 1)`),
  endofyear: startOf(365n * DAY, (t, n) => `(${startOfMonths(t, 'year', `12 * (${n} + 1)`)} - 1)`),
  datetime_add: { args: [3, 3], repeats: true, sql: datetimeAdd },
  datetime_diff: { args: [3, 3], repeats: true, sql: datetimeDiff },
  datetime_part: { args: [2, 2], repeats: true, sql: datetimePart },
  make_datetime: { args: [3, 6], repeats: true, sql: makeDatetime },
  make_timespan: { args: [2, 4], repeats: true, sql: makeTimespan },
  unixtime_seconds_todatetime: fromUnix(1n, (n) => `(${n} * ${TICKS_PER_SECOND})`),
  unixtime_milliseconds_todatetime: fromUnix(1000n, (n) => `(${n} * 10000)`),
  unixtime_microseconds_todatetime: fromUnix(1_000_000n, (n) => `(${n} * 10)`),
  unixtime_nanoseconds_todatetime: fromUnix(1_000_000_000n, (n) => `(${n} // 100)`),
  format_datetime: {
    args: [2, 2],
    repeats: true,
    sql: (args, call) =>
      formatDatetimeSql(expectType(argAt(args, 0), TIME, call), constantText(args, 1, call), call),
  },
  format_timespan: {
    args: [2, 2],
    repeats: true,
    sql: (args, call) =>
      formatTimespanSql(
        expectType(argAt(args, 0), ['timespan'], call),
        constantText(args, 1, call),
        call,
      ),
  },
  datetime_utc_to_local: zoned((zone, t) => `(${utcToLocal(zone, timestampSql(t))} + ${t} % 10)`),
  datetime_local_to_utc: zoned(localToUtc),
  todatetime: { args: [1, 1], repeats: true, sql: toDatetime },
  totimespan: { args: [1, 1], sql: toTimespan },
};

/** A function of a datetime and an optional number of periods, of so many ticks, to move on. */
function startOf(length: bigint, sql: (t: string, n: string) => string): FunctionRule {
  // Without an offset only a week can begin or end in a year that datetimes do not have.
  const margin = length === WEEK ? WEEK : 0n;
  return {
    args: [1, 2],
    repeats: true,
    sql: (args, call) => {
      const t = expectType(argAt(args, 0), TIME, call);
      const refusal = refuseAtRunTime(
        `'${call.name}' that gives a time before the year 1 or after 9999`,
      );
      if (args[1] === undefined) {
        if (margin === 0n) return sql(t, '0');
        const inside = `${t} BETWEEN ${margin} AND ${MAX_DATETIME_TICKS - margin}`;
        return `CASE WHEN ${inside} THEN ${sql(t, '0')} WHEN ${t} IS NOT NULL THEN ${refusal} END`;
      }
      const n = expectType(args[1], ['int', 'long'], call);
      const most = MAX_DATETIME_TICKS / length + 1n;
      const moved = `CASE WHEN ${n} BETWEEN -${most} AND ${most} THEN ${sql(t, n)} WHEN ${n} IS NOT NULL THEN -1 END`;
      return datetimeOr(refusal, moved);
    },
  };
}

/** Ticks, or a refusal of what is no datetime. */
function datetimeOr(refusal: string, ticks: string): string {
  return `list_transform([${ticks}], lambda m: CASE WHEN m BETWEEN 0 AND ${MAX_DATETIME_TICKS} THEN m WHEN m IS NOT NULL THEN ${refusal} END)[1]`;
}

function startOfMonths(ticks: string, unit: string, months: string): string {
  return ticksSql(
    `(date_trunc('${unit}', ${timestampSql(ticks)}) + to_months(CAST(${months} AS INTEGER)))`,
  );
}

function partName(args: readonly Arg[], call: CallSite): string {
  return constantText(args, 0, call).toLowerCase();
}

function datetimeAdd(args: readonly Arg[], call: CallSite): string {
  const part = partName(args, call);
  const amount = expectType(argAt(args, 1), ['int', 'long'], call);
  const time = expectType(argAt(args, 2), TIME, call);
  const fixed = FIXED_PARTS[part];
  if (fixed !== undefined) {
    const most = MAX_DATETIME_TICKS / fixed + 1n;
    const moved = inDatetimeRange(`(${time} + ${amount} * ${fixed})`);
    return `CASE WHEN ${amount} BETWEEN -${most} AND ${most} THEN ${moved} END`;
  }
  const months = MONTHS[part];
  if (months === undefined) throw call.refuse(`'datetime_add' of '${part}'`, PARTS);
  const most = 120_000 / months;
  const moved = `(${timestampSql(time)} + to_months(CAST(${amount} * ${months} AS INTEGER)))`;
  const ticks = `CASE WHEN ${amount} BETWEEN -${most} AND ${most} THEN ${ticksSql(moved)} + ${time} % 10 WHEN ${amount} IS NOT NULL THEN -1 END`;
  const refusal = refuseAtRunTime(
    `'datetime_add' that gives a time before the year 1 or after 9999`,
  );
  return datetimeOr(refusal, ticks);
}

const PARTS =
  'Write "year", "quarter", "month", "week", "day", "hour", "minute", "second" or a part of it.';

/** Counts the boundaries between two times, not whole periods. */
function datetimeDiff(args: readonly Arg[], call: CallSite): string {
  const part = partName(args, call);
  const [a, b] = [argAt(args, 1), argAt(args, 2)].map((arg) => expectType(arg, TIME, call)) as [
    string,
    string,
  ];
  // Kusto's answer for weeks is a real, against its own documentation.
  if (part === 'week')
    throw call.refuse(`'datetime_diff' of weeks`, 'Divide a difference of startofweek(…) by 7d.');
  if (part === 'nanosecond') return `((${a} - ${b}) * 100)`;
  const fixed = FIXED_PARTS[part];
  if (fixed !== undefined) return `(${a} // ${fixed} - ${b} // ${fixed})`;
  const months = MONTHS[part];
  if (months === undefined) throw call.refuse(`'datetime_diff' of '${part}'`, PARTS);
  const counted = (t: string): string =>
    `((year(${timestampSql(t)}) * 12 + month(${timestampSql(t)}) - 1) // ${months})`;
  return `(${counted(a)} - ${counted(b)})`;
}

function datetimePart(args: readonly Arg[], call: CallSite): string {
  const part = partName(args, call);
  const t = expectType(argAt(args, 1), TIME, call);
  const whole: Readonly<Record<string, string>> = {
    year: `year(${timestampSql(t)})`,
    quarter: `quarter(${timestampSql(t)})`,
    month: `month(${timestampSql(t)})`,
    week_of_year: `weekofyear(${timestampSql(t)})`,
    day: `day(${timestampSql(t)})`,
    dayofyear: `dayofyear(${timestampSql(t)})`,
    hour: `(${t} // ${HOUR}) % 24`,
    minute: `(${t} // ${MINUTE}) % 60`,
    second: `(${t} // ${TICKS_PER_SECOND}) % 60`,
    millisecond: `(${t} // 10000) % 1000`,
    microsecond: `(${t} // 10) % 1000000`,
    nanosecond: `(${t} % 10000000) * 100`,
  };
  const sql = whole[part];
  if (sql === undefined) throw call.refuse(`'datetime_part' of '${part}'`);
  return `CAST(${sql} AS BIGINT)`;
}

/** Parts that make no time give null. */
function makeDatetime(args: readonly Arg[], call: CallSite): string {
  const [year, month, day] = args
    .slice(0, 3)
    .map((arg) => `CAST(${expectType(arg, WHOLE, call)} AS BIGINT)`) as [string, string, string];
  const made = ticksSql(`TRY(CAST(make_date(${year}, ${month}, ${day}) AS TIMESTAMP))`);
  const refusal = refuseAtRunTime(`'make_datetime' of the year 0`);
  const date = `(CASE WHEN ${year} BETWEEN 1 AND 9999 THEN ${made} WHEN ${year} = 0 THEN ${refusal} END)`;
  if (args.length === 3) return date;
  if (args.length === 4) throw call.refuse(`'make_datetime' with an hour alone`);
  const clock = clockTicks(args.slice(3), call);
  return `CASE WHEN ${clock.valid} THEN ${date} + ${clock.ticks} END`;
}

/** `[days,] hours, minutes[, seconds]`. */
function makeTimespan(args: readonly Arg[], call: CallSite): string {
  const [days, rest] = args.length === 4 ? [args[0], args.slice(1)] : [undefined, args];
  const clock = clockTicks(rest, call);
  const whole = days === undefined ? '0' : expectType(days, WHOLE, call);
  const valid = `${clock.valid} AND ${whole} BETWEEN 0 AND 10000000`;
  const refusal = refuseAtRunTime(`'make_timespan' of parts that are no time of a day`);
  return `CASE WHEN ${valid} THEN CAST(${whole} AS BIGINT) * ${DAY} + ${clock.ticks} WHEN (${valid}) = false THEN ${refusal} END`;
}

/** Ticks of hours, minutes and perhaps seconds, which may have a fraction, and whether they are such. */
function clockTicks(
  args: readonly Arg[],
  call: CallSite,
): { readonly ticks: string; readonly valid: string } {
  const [hours, minutes] = args.slice(0, 2).map((arg) => expectType(arg, WHOLE, call));
  const seconds = args[2] === undefined ? '0' : expectType(args[2], [...WHOLE, 'real'], call);
  const exact = `CAST(${seconds} AS DOUBLE) * ${TICKS_PER_SECOND}`;
  // The engine was seen to cut fractions off, but not how it counts what a double cannot hold.
  const part = refuseAtRunTime(`'${call.name}' of seconds that end within a tick`);
  const fraction = `(CASE WHEN abs(${exact} - round(${exact})) > 0.01 THEN ${part} ELSE CAST(round(${exact}) AS BIGINT) END)`;
  return {
    ticks: `(CAST(${hours ?? ''} AS BIGINT) * ${HOUR} + ${minutes ?? ''} * ${MINUTE} + ${fraction})`,
    valid: `${hours ?? ''} BETWEEN 0 AND 23 AND ${minutes ?? ''} BETWEEN 0 AND 59 AND ${seconds} >= 0 AND ${seconds} < 60`,
  };
}

/** A whole number of units since 1970; more than datetimes have is null. */
function fromUnix(perSecond: bigint, ticks: (n: string) => string): FunctionRule {
  const most = ((MAX_DATETIME_TICKS - UNIX_EPOCH_TICKS) * perSecond) / TICKS_PER_SECOND;
  return {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => {
      const n = expectType(argAt(args, 0), WHOLE, call);
      const refusal = refuseAtRunTime(`'${call.name}' of a time before 1970`);
      return `CASE WHEN ${n} < 0 THEN ${refusal} WHEN ${n} <= ${most} THEN ${UNIX_EPOCH_TICKS} + ${ticks(n)} END`;
    },
  };
}

/** A zone that is computed must be of the form `Area/City`: DuckDB knows other names that Kusto may not. */
function zoned(sql: (zone: string, t: string) => string): FunctionRule {
  return {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      const [t, zone] = [expectType(argAt(args, 0), TIME, call), argAt(args, 1)];
      expectType(zone, ['string'], call);
      if (zone.literal === undefined) {
        const refusal = refuseAtRunTime(`'${call.name}' with this time zone`);
        return `CASE WHEN contains(${zone.sql}, '/') THEN ${sql(zone.sql, t)} ELSE ${refusal} END`;
      }
      const name = constantText(args, 1, call);
      if (!isTimeZone(name))
        throw call.refuse(`the time zone '${name.slice(0, 60)}'`, 'Use an IANA name.');
      return sql(zone.sql, t);
    },
  };
}

function utcToLocal(zone: string, timestamp: string): string {
  return ticksSql(`timezone(${zone}, CAST(${timestamp} AS TIMESTAMPTZ))`);
}

/** A local time that clocks skip is read with the offset after the change, as Kusto does; ICU takes the one before. */
function localToUtc(zone: string, t: string): string {
  const utc = `timezone(${zone}, ${timestampSql(t)})`;
  const back = ticksSql(`timezone(${zone}, ${utc})`);
  return `(${ticksSql(utc)} - (${back} - ${t} // 10 * 10) + ${t} % 10)`;
}

/** ISO 8601 as it is known to be read; what becomes of other signs, of more digits or of 24:00 is not. */
const ISO =
  '\\d{4}-\\d\\d-\\d\\d([T ]([01]\\d|2[0-3]):\\d\\d(:\\d\\d(\\.\\d{1,7})?)?(Z|[+-]\\d\\d:\\d\\d)?)?';

function toDatetime(args: readonly Arg[], call: CallSite): string {
  const arg = argAt(args, 0);
  const value = arg.literal?.value;
  if (arg.type === 'datetime') return arg.sql;
  if (arg.type === 'long') return inDatetimeRange(arg.sql);
  if (arg.type === 'string' && typeof value === 'string') {
    const iso = americanToIso(value) ?? value;
    const ticks = new RegExp(`^${ISO}$`).test(iso) ? isoToTicks(iso) : undefined;
    if (ticks !== undefined) return `CAST(${ticks} AS BIGINT)`;
  }
  if (arg.type === 'string') return timeOfText(arg.sql, call);
  if (arg.type === 'dynamic') return timeOfText(`json_extract_string(${arg.sql}, '$')`, call);
  throw call.refuse(`'todatetime' of a ${arg.type}`);
}

/** Kusto reads more ways to write a time than are known here; a text that could be none of them is none. */
export function timeOfText(text: string, call: CallSite, couldBe = '[0-9]'): string {
  const refusal = refuseAtRunTime(
    `'${call.name}' of a text that is not ISO 8601`,
    'Bring it into the form 2026-03-01T09:30:00Z with replace_regex(…) first.',
  );
  return `CASE WHEN regexp_full_match(${text}, '${ISO}') THEN ${ticksFromIsoSql(text)} WHEN regexp_matches(${text}, '${couldBe}') THEN ${refusal} END`;
}

function toTimespan(args: readonly Arg[], call: CallSite): string {
  const arg = argAt(args, 0);
  if (arg.type === 'timespan') return arg.sql;
  return `CAST(kql_parse_timespan(${expectType(arg, ['string'], call)}) AS BIGINT)`;
}
