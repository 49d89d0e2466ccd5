import type { CallSite } from './sql-function';
import { refuseAtRunTime, sqlText, timestampSql } from './sql-text';
import { TICKS_PER_DAY, TICKS_PER_SECOND } from './ticks';

type Part = (ticks: string) => string;

/** The separators that Kusto allows between the parts of a format. */
const SEPARATORS = ' /-:,._[]';

const HOUR = 3600n * TICKS_PER_SECOND;

function padded(sql: string, width: number): string {
  return `lpad(CAST(${sql} AS VARCHAR), ${width}, '0')`;
}

/** A number without and with leading zeros. */
function number(sql: Part, width: number): Part {
  return (t) => (width === 1 ? `CAST(${sql(t)} AS VARCHAR)` : padded(sql(t), width));
}

const hour24: Part = (t) => `(${t} // ${HOUR}) % 24`;
const hour12: Part = (t) => `((${t} // ${HOUR}) + 11) % 12 + 1`;
const minute: Part = (t) => `(${t} // ${60n * TICKS_PER_SECOND}) % 60`;
const second: Part = (t) => `(${t} // ${TICKS_PER_SECOND}) % 60`;
const month: Part = (t) => `month(${timestampSql(t)})`;
const day: Part = (t) => `day(${timestampSql(t)})`;
const year: Part = (t) => `year(${timestampSql(t)})`;

const DATETIME_PARTS: Readonly<Record<string, Part>> = {
  yyyy: number(year, 4),
  yy: number((t) => `${year(t)} % 100`, 2),
  MM: number(month, 2),
  M: number(month, 1),
  dd: number(day, 2),
  d: number(day, 1),
  HH: number(hour24, 2),
  H: number(hour24, 1),
  hh: number(hour12, 2),
  h: number(hour12, 1),
  mm: number(minute, 2),
  m: number(minute, 1),
  ss: number(second, 2),
  s: number(second, 1),
  tt: (t) => `CASE WHEN ${hour24(t)} < 12 THEN 'AM' ELSE 'PM' END`,
};

const TIMESPAN_PARTS: Readonly<Record<string, Part>> = {
  HH: number(hour24, 2),
  H: number(hour24, 1),
  hh: number(hour24, 2),
  h: number(hour24, 1),
  mm: number(minute, 2),
  m: number(minute, 1),
  ss: number(second, 2),
  s: number(second, 1),
};

/** `format_datetime`; the format is constant. Uses its argument more than once. */
export function formatDatetimeSql(ticks: string, format: string, call: CallSite): string {
  return formatSql(ticks, format, call, (token) => DATETIME_PARTS[token] ?? fraction(token));
}

/** `format_timespan`; the format is constant. Uses its argument more than once. */
export function formatTimespanSql(ticks: string, format: string, call: CallSite): string {
  const part = (token: string): Part | undefined =>
    TIMESPAN_PARTS[token] ?? days(token) ?? fraction(token);
  return `(CASE WHEN ${ticks} < 0 THEN '-' ELSE '' END || ${formatSql(`abs(${ticks})`, format, call, part)})`;
}

function days(token: string): Part | undefined {
  if (!/^d{1,8}$/.test(token)) return undefined;
  return number((t) => `${t} // ${TICKS_PER_DAY}`, token.length);
}

/** `fff`: so many digits of the second's fraction; `FFF`: without the zeros at its end. */
function fraction(token: string): Part | undefined {
  if (!/^(f{1,7}|F{1,7})$/.test(token)) return undefined;
  const digits: Part = (t) => `left(${padded(`${t} % ${TICKS_PER_SECOND}`, 7)}, ${token.length})`;
  return token.startsWith('f') ? digits : (t) => `rtrim(${digits(t)}, '0')`;
}

function formatSql(
  ticks: string,
  format: string,
  call: CallSite,
  partOf: (token: string) => Part | undefined,
): string {
  // Runs of d and M fall apart into two and the rest, as there are no names of days and months.
  const tokens =
    format.match(
      call.name === 'format_datetime'
        ? /dd?|MM?|([a-zA-Z])\1*|[^a-zA-Z]/g
        : /([a-zA-Z])\1*|[^a-zA-Z]/g,
    ) ?? [];
  if (tokens.length === 0) throw call.refuse(`'${call.name}' with an empty format`);
  const parts = tokens.map((token, i) => {
    const part = partOf(token);
    if (part !== undefined && token.startsWith('F') && tokens[i - 1] === '.') {
      // Whether the point stays where no digit follows it is not known.
      const refusal = refuseAtRunTime(`'${token}' after a point in the format of '${call.name}'`);
      return `CASE WHEN ${part(ticks)} = '' THEN ${refusal} ELSE ${part(ticks)} END`;
    }
    if (part !== undefined) return part(ticks);
    if (SEPARATORS.includes(token)) return sqlText(token);
    throw call.refuse(
      `'${token}' in the format of '${call.name}'`,
      'Put words and other signs around it with strcat(…).',
    );
  });
  return `(${parts.join(' || ')})`;
}
