import type { KustoType } from '../core/table';
import type { Literal } from './ir';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';
import {
  isoToTicks,
  TICKS_PER_DAY,
  TICKS_PER_MILLISECOND,
  TICKS_PER_SECOND,
  ticksToIso,
} from './ticks';

/**
 * Literals are read from their text, because the language service's own `LiteralValue` is wrong in
 * its JavaScript build for timespans, hexadecimal numbers, NaN and fractions of a second.
 */

const UNIT_TICKS: Readonly<Record<string, bigint>> = {
  d: TICKS_PER_DAY,
  day: TICKS_PER_DAY,
  days: TICKS_PER_DAY,
  h: 3600n * TICKS_PER_SECOND,
  hr: 3600n * TICKS_PER_SECOND,
  hrs: 3600n * TICKS_PER_SECOND,
  hour: 3600n * TICKS_PER_SECOND,
  hours: 3600n * TICKS_PER_SECOND,
  m: 60n * TICKS_PER_SECOND,
  min: 60n * TICKS_PER_SECOND,
  minute: 60n * TICKS_PER_SECOND,
  minutes: 60n * TICKS_PER_SECOND,
  s: TICKS_PER_SECOND,
  sec: TICKS_PER_SECOND,
  second: TICKS_PER_SECOND,
  seconds: TICKS_PER_SECOND,
  ms: TICKS_PER_MILLISECOND,
  milli: TICKS_PER_MILLISECOND,
  millis: TICKS_PER_MILLISECOND,
  millisecond: TICKS_PER_MILLISECOND,
  milliseconds: TICKS_PER_MILLISECOND,
  micro: 10n,
  micros: 10n,
  microsecond: 10n,
  microseconds: 10n,
  tick: 1n,
  ticks: 1n,
};

const MAX_LONG = 9_223_372_036_854_775_807n;
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The value of a literal node, or undefined when its text is not one that is read here. */
export function readLiteral(node: SyntaxNode): Literal | undefined {
  const text = firstToken(node);
  switch (node.kind) {
    case 'StringLiteralExpression':
      return literal('string', readString(text));
    case 'CompoundStringLiteralExpression':
      return literal('string', joinStrings(slotItems(node, 'Tokens')));
    case 'BooleanLiteralExpression':
      return readBool(inner(text));
    case 'LongLiteralExpression':
      return readInteger('long', inner(text), MAX_LONG);
    case 'IntLiteralExpression':
      return readInteger('int', inner(text), 2_147_483_647n);
    case 'RealLiteralExpression':
      return readReal(inner(text));
    case 'DateTimeLiteralExpression':
      return readTicks('datetime', inner(text), readDatetimeText);
    case 'TimespanLiteralExpression':
      return readTicks('timespan', inner(text), readTimespanText);
    case 'DecimalLiteralExpression':
      return readDecimal(inner(text));
    case 'GuidLiteralExpression':
      return readGuid(inner(text));
    case 'DynamicExpression':
      return readDynamic(slot(node, 'Expression'));
    default:
      return undefined;
  }
}

function literal(type: KustoType, value: Literal['value'] | undefined): Literal | undefined {
  return value === undefined ? undefined : { kind: 'literal', type, value };
}

/** `datetime(2020-01-01)` → `2020-01-01`; a literal without a type's name is itself. */
function inner(text: string): string {
  const call = /^[a-z]+\s*\(([^]*)\)$/i.exec(text);
  return (call?.[1] ?? text).trim();
}

function readBool(text: string): Literal | undefined {
  const word = text.toLowerCase();
  if (word === 'null') return literal('bool', null);
  return literal(
    'bool',
    ({ true: true, false: false, 1: true, 0: false } as Record<string, boolean>)[word],
  );
}

function readInteger(type: 'int' | 'long', text: string, most: bigint): Literal | undefined {
  if (text === 'null') return literal(type, null);
  const parts = /^([+-]?)(\d+|0x[0-9a-f]+)$/i.exec(text);
  if (parts === null) return undefined;
  const magnitude = BigInt(parts[2] ?? '0');
  const value = parts[1] === '-' ? -magnitude : magnitude;
  return value > most || value < -most - 1n ? undefined : literal(type, value);
}

function readReal(text: string): Literal | undefined {
  const word = text.toLowerCase();
  if (word === 'null') return literal('real', null);
  if (word === 'nan') return literal('real', NaN);
  if (word === '+inf' || word === 'inf') return literal('real', Infinity);
  if (word === '-inf') return literal('real', -Infinity);
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(word) ? Number(word) : NaN;
  return Number.isFinite(value) ? literal('real', value) : undefined;
}

/** Up to what SQL's decimals and Kusto's both hold exactly. */
const DECIMAL = /^[+-]?\d{1,18}(\.\d{1,14})?$/;

function readDecimal(text: string): Literal | undefined {
  if (text === 'null') return literal('decimal', null);
  return isPlainDecimal(text) ? literal('decimal', text) : undefined;
}

/** Whether a text is a decimal that SQL and Kusto both hold exactly. */
export function isPlainDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

function readGuid(text: string): Literal | undefined {
  if (text === 'null') return literal('guid', null);
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
    ? literal('guid', text.toLowerCase())
    : undefined;
}

function readTicks(
  type: 'datetime' | 'timespan',
  text: string,
  read: (text: string) => bigint | undefined,
): Literal | undefined {
  if (text === 'null') return literal(type, null);
  const ticks = read(unquoted(text));
  const isBeyond = ticks !== undefined && (ticks > MAX_LONG || ticks < -MAX_LONG - 1n);
  return isBeyond ? undefined : literal(type, ticks);
}

function unquoted(text: string): string {
  return /^(['"]).*\1$/.test(text) ? text.slice(1, -1) : text;
}

/** `12/31/2026 10:00:00` or `12-31-2026` as ISO 8601; undefined for another form. */
export function americanToIso(text: string): string | undefined {
  const parts = /^(\d\d)([-/])(\d\d)\2(\d{4})(?!\d)/.exec(text.trim());
  if (parts === null) return undefined;
  const [date, month = '', , day = '', year = ''] = parts;
  return `${year}-${month}-${day}${text.trim().slice(date.length)}`;
}

/** How Kusto reads the hour 24, more digits than a tick has, or an offset that no zone has is not known. */
const DOUBTFUL_TIME = /[T\s]24:|\.\d{8}|:\d\d[\d.:]*\s*[+-](1[5-9]|[2-9]\d):?\d\d$/i;

/** A datetime as queries write it: ISO 8601, also with a year or a year and month only, or as `2026, 3, 2`. */
function readDatetimeText(text: string): bigint | undefined {
  if (DOUBTFUL_TIME.test(text)) return undefined;
  const american = americanToIso(text);
  if (american !== undefined) return isoToTicks(american);
  if (/^\d{4}$/.test(text)) return isoToTicks(`${text}-01-01`);
  if (/^\d{4}-\d\d$/.test(text)) return isoToTicks(`${text}-01`);
  const loose = /^(\d{4})\s*([-,])\s*(\d\d?)\s*\2\s*(\d\d?)(?!\d)/.exec(text);
  if (loose === null) return isoToTicks(text);
  const [date, year = '', , month = '', day = ''] = loose;
  const padded = [year, month.padStart(2, '0'), day.padStart(2, '0')].join('-');
  return isoToTicks(`${padded}${text.slice(date.length)}`);
}

/** A timespan as Kusto writes it: `1d`, `1.5h`, `100ms`, `1.02:03:04.5`; a bare number is days. */
export function readTimespanText(text: string): bigint | undefined {
  const unit = /^([+-]?)(\d+)(?:\.(\d+))?\s*([a-z]*)$/i.exec(text);
  if (unit !== null) {
    const ticks = UNIT_TICKS[unit[4] === '' ? 'd' : (unit[4] ?? 'd').toLowerCase()];
    if (ticks === undefined) return undefined;
    const fraction = unit[3] ?? '';
    // Kusto's 1.5ticks is 1 tick, but its 0.5microseconds is none at all.
    if (fraction !== '' && ticks <= 10n) return undefined;
    const scaled = BigInt(`${unit[2] ?? '0'}${fraction}`) * ticks;
    const value = scaled / 10n ** BigInt(fraction.length);
    return unit[1] === '-' ? -value : value;
  }
  const clock = /^([+-]?)(?:(\d+)\.)?(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?$/.exec(text);
  if (clock === null) return undefined;
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = clock;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const whole =
    BigInt(days) * 86_400n + BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
  const value = whole * TICKS_PER_SECOND + BigInt(fraction.padEnd(7, '0'));
  return sign === '-' ? -value : value;
}

/** Adjacent string literals are one string. */
function joinStrings(tokens: readonly SyntaxNode[]): string | undefined {
  const parts = tokens.map((token) => readString(firstToken(token)));
  return parts.includes(undefined) ? undefined : parts.join('');
}

/** The value of a string literal's text, in any of Kusto's quotes; undefined when an escape is wrong. */
export function readString(text: string): string | undefined {
  const plain = /^h/i.test(text) ? text.slice(1) : text;
  const fence = /^(```|~~~)\r?\n?([^]*)\1$/.exec(plain);
  if (fence !== null) return fence[2] ?? '';
  if (plain.startsWith('@')) {
    const quote = plain.charAt(1);
    return plain.slice(2, -1).replaceAll(quote + quote, quote);
  }
  const wrong: string[] = [];
  const value = plain
    .slice(1, -1)
    .replace(/\\(u[0-9a-f]{4}|U[0-9a-f]{8}|x[0-9a-f]{2}|[0-7]{1,3}|[^])/gi, (_, escape: string) => {
      if (/^[ux][0-9a-f]{2,}$/i.test(escape)) {
        const code = parseInt(escape.slice(1), 16);
        if (code <= 0x10ffff) return String.fromCodePoint(code);
      }
      if (/^[0-7]+$/.test(escape)) return String.fromCharCode(parseInt(escape, 8));
      if (/^['"\\]$/.test(escape)) return escape;
      const control = ESCAPES[escape];
      if (control === undefined) wrong.push(escape);
      return control ?? '';
    });
  return wrong.length > 0 ? undefined : value;
}

function readDynamic(node: SyntaxNode): Literal | undefined {
  const json = toJson(node);
  return literal('dynamic', json === 'null' ? null : json);
}

/** The JSON text of what stands in `dynamic(…)`. */
function toJson(node: SyntaxNode): string | undefined {
  switch (node.kind) {
    case 'NullLiteralExpression':
      return 'null';
    case 'JsonArrayExpression':
      return joinJson('[', slotItems(node, 'Values').map(toJson), ']');
    case 'JsonObjectExpression':
      return joinJson('{', slotItems(node, 'Pairs').map(pairToJson), '}');
    case 'UnaryMinusExpression': {
      const number = toJson(slot(node, 'Expression'));
      return number !== undefined && JSON_NUMBER.test(number) ? `-${number}` : undefined;
    }
    default:
      return scalarToJson(node);
  }
}

function pairToJson(pair: SyntaxNode): string | undefined {
  const name = readString(firstToken(slot(pair, 'Name')));
  const value = toJson(slot(pair, 'Value'));
  return name === undefined || value === undefined ? undefined : `${JSON.stringify(name)}:${value}`;
}

function joinJson(
  open: string,
  parts: readonly (string | undefined)[],
  close: string,
): string | undefined {
  return parts.includes(undefined) ? undefined : `${open}${parts.join(',')}${close}`;
}

/** A datetime within a dynamic has all seven digits. */
function sevenDigits(ticks: bigint): string {
  const [whole = '', fraction = ''] = ticksToIso(ticks).slice(0, -1).split('.');
  return `${whole}.${fraction.padEnd(7, '0')}Z`;
}

/** Of typed nulls and bools only long(null) is known to be taken. */
function scalarToJson(node: SyntaxNode): string | undefined {
  const value = readLiteral(node);
  if (value === undefined) return undefined;
  const text = firstToken(node);
  switch (value.type) {
    case 'dynamic':
      return value.value === null ? 'null' : String(value.value);
    case 'long':
      return String(value.value);
    case 'timespan':
      return value.value === null ? undefined : String(value.value);
    case 'real':
      if (Number.isNaN(value.value)) return '"NaN"';
      // A number keeps its spelling: Kusto tells 1.0 from 1.
      return JSON_NUMBER.test(inner(text)) ? inner(text) : undefined;
    case 'datetime':
      return typeof value.value === 'bigint' ? JSON.stringify(sevenDigits(value.value)) : undefined;
    case 'bool':
      return /^(true|false)$/.test(text) ? text : undefined;
    case 'string':
    case 'guid':
      return value.value === null ? undefined : JSON.stringify(value.value);
    default:
      return undefined;
  }
}
