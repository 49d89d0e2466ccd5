import { argAt, constantText, type Arg, type CallSite, type FunctionRules } from './sql-function';
import { PHYSICAL_TYPES } from './physical-types';
import { escapePattern } from './pattern-text';
import { REAL_IN_ANY_FORM, WHOLE_IN_ANY_FORM } from './sql-match';
import { timeOfText } from './functions-time';
import { limitAtRunTime, refuseAtRunTime, sqlText, toTextSql } from './sql-text';

/** Kusto's limit for partition without a strategy. */
const MOST_PARTITIONS = 64;

/** SQL that refuses a row whose value is no bag. */
export const NO_BAG = refuseAtRunTime(
  `'bag_unpack' of what is no bag`,
  'Leave such rows out before it: | where tostring(Bag) startswith "{".',
);

/** JSON's kind and SQL's type of the values of a declared slot. */
const SLOTS: Readonly<Record<string, readonly [kind: string, type: string]>> = {
  bool: ['BOOLEAN', 'BOOLEAN'],
  long: [`BIGINT', 'UBIGINT`, 'BIGINT'],
  real: ['DOUBLE', 'DOUBLE'],
  string: ['VARCHAR', 'VARCHAR'],
};

/** How the texts begin that Kusto may read as times: with a digit, or the name of a month or day. */
const DATE_BEGINS =
  '(?i)^\\s*([0-9]|(mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ ,.]+[0-9])';

/** What tabular operators compute in rows; no query can name these. */
export const TABULAR_RULES: FunctionRules = {
  /** The array or bag itself; what mv-apply makes of an empty one, or of none, is not known. */
  elements: {
    args: [1, 1],
    repeats: true,
    sql: (args) => {
      const list = argAt(args, 0).sql;
      const refusal = refuseAtRunTime(
        'mv-apply of what is no array, or an empty one,',
        'Leave such rows out before it: | where array_length(List) > 0.',
      );
      const size = `CASE json_type(${list}) WHEN 'ARRAY' THEN json_array_length(${list}) WHEN 'OBJECT' THEN len(json_keys(${list})) ELSE 0 END`;
      return `CASE WHEN ${size} > 0 THEN ${list} ELSE ${refusal} END`;
    },
  },
  /** Of a union: what Kusto calls the two columns is not what the query was bound to. */
  'column of two types': {
    args: [1, 1],
    sql: (args, call) => {
      const name = constantText(args, 0, call);
      const hint = `Give it one type in each part first: extend ${name} = tostring(${name}).`;
      throw call.refuse(`the column '${name}', which has two types in the union,`, hint);
    },
  },
  /** A column that the input has already, unless a bag has a slot of its name too. */
  'unless unpacked': {
    args: [2, 2],
    sql: (args) => {
      const refusal = refuseAtRunTime('bag_unpack of a slot whose name a column has already');
      return `CASE WHEN ${argAt(args, 1).sql} IS NULL THEN ${argAt(args, 0).sql} ELSE ${refusal} END`;
    },
  },
  /** A bag's slot of the declared type. */
  unpacked: {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      const [bag, value] = [argAt(args, 0).sql, argAt(args, 1).sql];
      const noBag = `CASE WHEN ${bag} IS NOT NULL AND json_type(${bag}) <> 'OBJECT' THEN ${NO_BAG} ELSE`;
      if (call.type === 'dynamic') return `${noBag} ${value} END`;
      const [kind, type] = SLOTS[call.type] ?? ['', ''];
      const text = `json_extract_string(${value}, '$')`;
      const read = type === 'VARCHAR' ? text : `CAST(${text} AS ${type})`;
      const other = refuseAtRunTime(`bag_unpack of a slot that holds no ${call.type}`);
      return `${noBag} CASE WHEN ${value} IS NULL THEN NULL WHEN json_type(${value}) IN ('${kind}') THEN ${read} ELSE ${other} END END`;
    },
  },
  /** A cell's text; what becomes of a cell without a value is not documented. */
  narrowed: {
    args: [1, 1],
    repeats: true,
    sql: (args) => {
      const text = toTextSql(argAt(args, 0));
      return `CASE WHEN ${text} = '' THEN ${refuseAtRunTime(`'narrow' of an empty cell`)} ELSE ${text} END`;
    },
  },
  /** Whether partitions are as few as Kusto allows without a strategy. */
  'few partitions': {
    args: [1, 1],
    sql: (args) => {
      const message = `'partition' makes more than ${MOST_PARTITIONS} partitions`;
      const end = limitAtRunTime(message, 'Say by hint.strategy=native that there may be more.');
      return `CASE WHEN ${argAt(args, 0).sql} <= ${MOST_PARTITIONS} THEN true ELSE ${end} END`;
    },
  },
  /** When a row's session began: with it, or where the session of the row before it did. */
  'session start': {
    args: [5, 6],
    repeats: true,
    sql: (args) => {
      const [time, started, before, fromFirst, fromBefore, restart = 'false'] = args.map(
        (arg) => arg.sql,
      ) as [string, string, string, string, string, string?];
      const refusal = refuseAtRunTime(`'row_window_session' of this row's time`);
      const odd = `${time} IS NULL OR ${time} < ${before}`;
      const open = `${time} - ${started} = ${fromFirst} OR ${time} - ${before} = ${fromBefore}`;
      const begins = `${started} IS NULL OR ${time} - ${started} > ${fromFirst} OR ${time} - ${before} > ${fromBefore}`;
      return `CASE WHEN ${time} IS NOT NULL AND coalesce(${restart}, false) THEN ${time} WHEN ${odd} THEN ${refusal} WHEN ${begins} THEN ${time} WHEN ${open} THEN ${refusal} ELSE ${started} END`;
    },
  },
  /** Whether a row is among the first so many, when the next one is not its equal. */
  'among the first': {
    args: [4, 4],
    repeats: true,
    sql: (args) => {
      const [place, most, value, next] = args.map((arg) => arg.sql) as [
        string,
        string,
        string,
        string,
      ];
      const refusal = refuseAtRunTime('top-hitters of which several are equal at the end');
      return `CASE WHEN ${place} = ${most} AND ${value} = ${next} THEN ${refusal} ELSE ${place} <= ${most} END`;
    },
  },
  /** A captured date may be written as in America, which the documentation's examples do. */
  'parsed datetime': {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => {
      const american = `'^\\s*(\\d\\d)/(\\d\\d)/(\\d{4})\\b'`;
      const text = `regexp_replace(regexp_replace(${argAt(args, 0).sql}, ${american}, '\\3-\\1-\\2'), '\\s+$', '')`;
      return timeOfText(text, { ...call, name: 'parse' }, DATE_BEGINS);
    },
  },
  /** A captured number; one beyond the type's range is null. */
  'parsed number': {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => {
      const text = argAt(args, 0).sql;
      const isReal = call.type === 'real';
      const refusal = refuseAtRunTime(
        'parse of a number in hex, of an unusual form or with blanks after it',
      );
      const plain = `'\\s*[-+]?[0-9]+${isReal ? '(\\.[0-9]+)?' : ''}'`;
      const unusual = isReal ? REAL_IN_ANY_FORM : WHOLE_IN_ANY_FORM;
      return `CASE WHEN regexp_full_match(${text}, ${plain}) THEN TRY_CAST(trim(${text}) AS ${PHYSICAL_TYPES[call.type]}) WHEN regexp_full_match(${text}, ${unusual}) THEN ${refusal} END`;
    },
  },
  /** A number that a pattern's group matched; whether one beyond the range blanks the row is not known. */
  'matched number': {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => {
      const text = argAt(args, 0).sql;
      const refusal = refuseAtRunTime(`parse of a number beyond the range of ${call.type}`);
      return `CASE WHEN ${text} <> '' THEN coalesce(TRY_CAST(${text} AS ${PHYSICAL_TYPES[call.type]}), ${refusal}) END`;
    },
  },
  'kv pairs': { args: [3, 3], repeats: true, sql: pairs },
  'kv value': { args: [2, 2], sql: valueOf },
};

/**
 * A list of `{k, v}`. The first delimiter in a pair ends its key; blanks around both are dropped. Blanks
 * can also stand between pairs: those around a key's delimiter then separate nothing.
 */
function pairs(args: readonly Arg[], call: CallSite): string {
  const text = argAt(args, 0).sql;
  const [between, within] = [constantText(args, 1, call), constantText(args, 2, call)];
  if (between === '' || within.trim() !== within || within === '' || overlap(between, within)) {
    throw call.refuse('parse-kv with these delimiters');
  }
  const escaped = escapePattern(within);
  const joined =
    between.trim() === ''
      ? `regexp_replace(${text}, ${sqlText(`\\s*(${escaped})\\s*`)}, '\\1', 'g')`
      : text;
  const delimiter = sqlText(within);
  const parts = `list_filter(string_split(${joined}, ${sqlText(between)}), lambda p: trim(p) <> '')`;
  const bare = refuseAtRunTime('parse-kv of a text with a part that is no pair');
  const place = `CASE strpos(p, ${delimiter}) WHEN 0 THEN CAST(${bare} AS BIGINT) ELSE strpos(p, ${delimiter}) END`;
  const [key, value] = [
    `p[:${place} - 1]`,
    `p[strpos(p, ${delimiter}) + ${Array.from(within).length}:]`,
  ];
  const trimmed = (part: string): string => `regexp_replace(${part}, '^\\s+|\\s+$', '', 'g')`;
  return `list_transform(${parts}, lambda p: {'k': ${trimmed(key)}, 'v': ${trimmed(value)}})`;
}

function overlap(a: string, b: string): boolean {
  return a.includes(b) || b.includes(a);
}

/** The first of several pairs with the same key counts. */
function valueOf(args: readonly Arg[], call: CallSite): string {
  const key = sqlText(constantText(args, 1, call));
  return `list_filter(${argAt(args, 0).sql}, lambda e: e.k = ${key})[1].v`;
}
