/**
 * Kusto counts time in ticks of 100 ns: a datetime from 0001-01-01T00:00:00Z, a timespan from zero.
 * The store keeps both as BIGINT, because DuckDB's TIMESTAMP would lose the seventh digit.
 */

export const TICKS_PER_MILLISECOND = 10_000n;
export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_DAY = 864_000_000_000n;
/** Ticks at 1970-01-01T00:00:00Z. */
export const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;
/** Ticks of 9999-12-31T23:59:59.9999999Z, the last datetime that Kusto has. */
export const MAX_DATETIME_TICKS = 3_155_378_975_999_999_999n;

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7})\d*)?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * SQL that turns ISO 8601 text (`2026-03-02T10:00:00.1234567Z`, or with an offset; without either it
 * is UTC) into ticks, exactly; NULL when it is no time. `expr` is used several times: give a column.
 * The session's TimeZone must be UTC, as TableStore sets it.
 */
export function ticksFromIsoSql(expr: string): string {
  const micros = `epoch_us(TRY_CAST(${expr} AS TIMESTAMPTZ))`;
  // DuckDB cuts the seventh digit off, so it is read from the text: '2026-03-02T10:00:00.' is 20 long.
  const seventh = `coalesce(TRY_CAST(substr(${expr}, 21, 7) AS UINTEGER) % 10, 0)`;
  const hasSeventh = `substr(${expr}, 27, 1) BETWEEN '0' AND '9' AND substr(${expr}, 20, 1) = '.'`;
  const any = `${micros} * 10 + ${UNIX_EPOCH_TICKS} + CASE WHEN ${hasSeventh} THEN ${seventh} ELSE 0 END`;
  // The form in which Azure writes times is read several times faster in the years that TIMESTAMP_NS has.
  const nanos = `epoch_ns(TRY_CAST(${expr} AS TIMESTAMP_NS))`;
  return `CASE WHEN ${expr} LIKE '____-__-__T__:__:__%Z' AND ${expr} BETWEEN '1971' AND '2261' THEN ${nanos} // 100 + ${UNIX_EPOCH_TICKS} WHEN ${expr} LIKE '____-__-__%' THEN ${any} END`;
}

/**
 * ISO 8601 text of a datetime's ticks, UTC, without trailing zeros in the fraction. Throws a RangeError
 * for what is no datetime of Kusto's: before the year 1 or after the year 9999.
 */
export function ticksToIso(ticks: bigint): string {
  if (ticks < 0n || ticks > MAX_DATETIME_TICKS) throw new RangeError(`no datetime: ${ticks} ticks`);
  const sinceEpoch = ticks - UNIX_EPOCH_TICKS;
  const fraction = ((sinceEpoch % TICKS_PER_SECOND) + TICKS_PER_SECOND) % TICKS_PER_SECOND;
  const seconds = (sinceEpoch - fraction) / TICKS_PER_SECOND;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const digits = fraction.toString().padStart(7, '0').replace(/0+$/, '');
  return digits === '' ? `${whole}Z` : `${whole}.${digits}Z`;
}

/** Ticks of ISO 8601 text with up to seven fraction digits (UTC when it names no offset), or undefined. */
export function isoToTicks(text: string): bigint | undefined {
  const match = ISO.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = ''] = match;
  const zone = match[8] ?? 'Z';
  const milliseconds = Date.parse(
    `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour}:${minute}:${second}Z`,
  );
  if (Number.isNaN(milliseconds)) return undefined;
  // Date.parse accepts 30 February and moves it on; Kusto has no such day.
  if (new Date(milliseconds).getUTCDate() !== Number(day) && hour !== '24') return undefined;
  const offset = /^[+-]/.test(zone)
    ? Number(`${zone.charAt(0)}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)))
    : 0;
  const ticks =
    BigInt(milliseconds - offset * 60_000) * TICKS_PER_MILLISECOND +
    UNIX_EPOCH_TICKS +
    BigInt(fraction.padEnd(7, '0'));
  return ticks < 0n || ticks > MAX_DATETIME_TICKS ? undefined : ticks;
}

/** Kusto's text of a timespan: `[-][d.]hh:mm:ss[.fffffff]`. */
export function ticksToTimespanText(ticks: bigint): string {
  const absolute = ticks < 0n ? -ticks : ticks;
  const days = absolute / TICKS_PER_DAY;
  const seconds = (absolute % TICKS_PER_DAY) / TICKS_PER_SECOND;
  const fraction = absolute % TICKS_PER_SECOND;
  const two = (value: bigint): string => value.toString().padStart(2, '0');
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return [
    ticks < 0n ? '-' : '',
    days === 0n ? '' : `${days}.`,
    clock,
    fraction === 0n ? '' : `.${fraction.toString().padStart(7, '0')}`,
  ].join('');
}
