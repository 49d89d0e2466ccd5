import { isTimeZone } from '../core/period';
import { formatTimespanSql, formatDatetimeSql } from './time-format';
import { readTimespanText } from './literals';
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
import { inDatetimeRange, ticksSql, timestampSql } from './sql-text';
import { isoToTicks, ticksFromIsoSql, TICKS_PER_DAY, TICKS_PER_SECOND } from './ticks';

const TIME = ['datetime'] as const;
const DAY = TICKS_PER_DAY;
const HOUR = 3600n * TICKS_PER_SECOND;
const MINUTE = 60n * TICKS_PER_SECOND;

/** Ticks of the parts of a time that always are of the same length. */
const FIXED_PARTS: Readonly<Record<string, bigint>> = {
  week: 7n * DAY,
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
  startofday: startOf((t, n) => `((${t} // ${DAY} + ${n}) * ${DAY})`),
  startofweek: startOf((t, n) => `(((${t} // ${DAY} + 1) // 7 * 7 - 1 + 7 * ${n}) * ${DAY})`),
  startofmonth: startOf((t, n) => startOfMonths(t, 'month', n)),
  startofyear: startOf((t, n) => startOfMonths(t, 'year', `12 * ${n}`)),
  endofday: startOf((t, n) => `((${t} // ${DAY} + ${n} + 1) * ${DAY} - 1)`),
  endofweek: startOf((t, n) => `(((${t} // ${DAY} + 1) // 7 * 7 + 6 + 7 * ${n}) * ${DAY} - 1)`),
  endofmonth: startOf((t, n) => `(${startOfMonths(t, 'month', `(${n} + 1)`)} - 1)`),
  endofyear: startOf((t, n) => `(${startOfMonths(t, 'year', `12 * (${n} + 1)`)} - 1)`),
  datetime_add: { args: [3, 3], repeats: true, sql: datetimeAdd },
  datetime_diff: { args: [3, 3], repeats: true, sql: datetimeDiff },
  datetime_part: { args: [2, 2], repeats: true, sql: datetimePart },
  make_datetime: { args: [3, 3], sql: makeDatetime },
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

/** A function of a datetime and an optional number of periods to move on. */
function startOf(sql: (t: string, n: string) => string): FunctionRule {
  return {
    args: [1, 2],
    sql: (args, call) => {
      const offset = args[1] === undefined ? '0' : expectType(args[1], ['int', 'long'], call);
      return sql(expectType(argAt(args, 0), TIME, call), offset);
    },
  };
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
  if (fixed !== undefined) return inDatetimeRange(`(${time} + ${amount} * ${fixed})`);
  const months = MONTHS[part];
  if (months === undefined) throw call.refuse(`'datetime_add' of '${part}'`);
  const moved = `(${timestampSql(time)} + to_months(CAST(${amount} * ${months} AS INTEGER)))`;
  return `(${ticksSql(moved)} + ${time} % 10)`;
}

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
  if (months === undefined) throw call.refuse(`'datetime_diff' of '${part}'`);
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

function makeDatetime(args: readonly Arg[], call: CallSite): string {
  const [year, month, day] = args.map(
    (arg) => `CAST(${expectType(arg, ['int', 'long'], call)} AS BIGINT)`,
  ) as [string, string, string];
  return ticksSql(`TRY(CAST(make_date(${year}, ${month}, ${day}) AS TIMESTAMP))`);
}

function zoned(sql: (zone: string, t: string) => string): FunctionRule {
  return {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      const zone = constantText(args, 1, call);
      if (!isTimeZone(zone))
        throw call.refuse(`the time zone '${zone.slice(0, 60)}'`, 'Use an IANA name.');
      const t = expectType(argAt(args, 0), TIME, call);
      return sql(argAt(args, 1).sql, t);
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

function toDatetime(args: readonly Arg[], call: CallSite): string {
  const arg = argAt(args, 0);
  if (arg.type === 'datetime') return arg.sql;
  if (arg.type === 'long') return arg.sql;
  if (arg.type === 'string' && typeof arg.literal?.value === 'string') {
    const ticks = isoToTicks(arg.literal.value);
    if (ticks === undefined)
      throw call.refuse(`'todatetime' of this text`, 'Use ISO 8601: 2026-03-02T10:00:00Z.');
    return `CAST(${ticks} AS BIGINT)`;
  }
  if (arg.type === 'string') return ticksFromIsoSql(arg.sql);
  if (arg.type === 'dynamic') return ticksFromIsoSql(`json_extract_string(${arg.sql}, '$')`);
  throw call.refuse(`'todatetime' of a ${arg.type}`);
}

function toTimespan(args: readonly Arg[], call: CallSite): string {
  const arg = argAt(args, 0);
  if (arg.type === 'timespan') return arg.sql;
  const ticks =
    typeof arg.literal?.value === 'string' ? readTimespanText(arg.literal.value) : undefined;
  if (ticks === undefined)
    throw call.refuse(
      `'totimespan' of what is not constant`,
      'Multiply a number: todouble(x) * 1ms.',
    );
  return `CAST(${ticks} AS BIGINT)`;
}
