import { regexSql } from './regex';
import {
  argAt,
  constantArray,
  constantInteger,
  constantText,
  expectType,
  texts,
  type Arg,
  type CallSite,
  type FunctionRules,
} from './sql-function';
import { refuseAtRunTime, sqlText, toTextSql } from './sql-text';

/** Functions that look for something in a text, or put something else in its place. */
export const SEARCH_RULES: FunctionRules = {
  countof: { args: [2, 3], repeats: true, sql: countOf },
  indexof: { args: [2, 5], repeats: true, sql: indexOf },
  indexof_regex: { args: [2, 5], repeats: true, sql: indexOfRegex },
  extract: { args: [3, 3], sql: extract },
  extract_all: { args: [2, 3], sql: extractAll },
  replace_string: {
    args: [3, 3],
    sql: (args, call) => {
      if (args[1]?.literal?.value === '') throw call.refuse(`'replace_string' of nothing`);
      return `replace(${texts(args, call).join(', ')})`;
    },
  },
  replace_regex: {
    args: [3, 3],
    sql: (args, call) => {
      const [text, , replacement] = texts(args, call) as [string, string, string];
      return `regexp_replace(${text}, ${regexSql(constantText(args, 1, call), call)}, ${replacement}, 'g')`;
    },
  },
  replace_strings: { args: [3, 3], repeats: true, sql: replaceStrings },
  translate: { args: [3, 3], sql: translate },
};

/** Whether a text can overlap with itself, as `abab` can. */
function overlapsItself(text: string): boolean {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i + 1)).some(
    (end) => text.startsWith(end),
  );
}

/** Plain texts are counted where they overlap too, matches of a pattern are not. */
function countOf(args: readonly Arg[], call: CallSite): string {
  const text = expectType(argAt(args, 0), ['string'], call);
  const kind = args[2] === undefined ? 'normal' : constantText(args, 2, call);
  if (kind === 'regex') {
    const pattern = regexSql(constantText(args, 1, call), call);
    const isEmpty = `regexp_matches('', ${pattern})`;
    const refusal = refuseAtRunTime(`'countof' of a pattern that matches nothing`);
    return `CASE WHEN ${isEmpty} THEN ${refusal} ELSE len(regexp_extract_all(${text}, ${pattern})) END`;
  }
  const wanted = constantText(args, 1, call);
  if (kind !== 'normal') throw call.refuse(`'countof' of this kind`);
  if (wanted === '') return `CAST(0 AS BIGINT)`;
  if (overlapsItself(wanted)) {
    const starts = `starts_with(substr(${text}, i), ${sqlText(wanted)})`;
    return `len(list_filter(range(1, length(${text}) + 1), lambda i: ${starts}))`;
  }
  const left = `replace(${text}, ${sqlText(wanted)}, '')`;
  return `(CAST(length(${text}) - length(${left}) AS BIGINT) // ${Array.from(wanted).length})`;
}

/** `length` bounds the places where a find may begin, not those where it may end. */
function indexOf(args: readonly Arg[], call: CallSite): string {
  const [text, wanted] = args.slice(0, 2).map((arg) => {
    expectType(arg, ['string', 'int', 'long', 'dynamic'], call);
    return toTextSql(arg);
  }) as [string, string];
  const first = args[2];
  if (first === undefined) return `CAST(instr(${text}, ${wanted}) - 1 AS BIGINT)`;
  if (args[1]?.literal?.value === '') throw call.refuse(`'indexof' of nothing from a place on`);
  const given = expectType(first, ['int', 'long'], call);
  const start = `(CASE WHEN ${given} < 0 THEN length(${text}) + ${given} ELSE ${given} END)`;
  const length = args[3] === undefined ? -1 : constantInteger(args, 3, call);
  const occurrence = args[4] === undefined ? 1 : constantInteger(args, 4, call);
  const constant = args[1]?.literal?.value;
  const overlaps = typeof constant !== 'string' || overlapsItself(constant);
  if (length < -1 || occurrence < 1 || (occurrence > 1 && overlaps)) {
    throw call.refuse(`'indexof' with this length or occurrence`);
  }
  const found =
    occurrence === 1 ? firstFrom(text, wanted, length) : nthFrom(text, wanted, length, occurrence);
  const place = `list_transform([${start}], lambda s: ${found})[1]`;
  const refusal = refuseAtRunTime(`'indexof' from before the beginning`);
  return `CASE WHEN ${given} < -length(${text}) THEN ${refusal} WHEN ${given} IS NOT NULL THEN ${place} END`;
}

/** The first find from place `s` on. */
function firstFrom(text: string, wanted: string, length: number): string {
  const tooFar = length === -1 ? '' : ` OR p > ${length}`;
  return `list_transform([instr(substr(${text}, s + 1), ${wanted})], lambda p: CASE WHEN p = 0${tooFar} THEN -1 ELSE s + p - 1 END)[1]`;
}

function nthFrom(text: string, wanted: string, length: number, occurrence: number): string {
  const end = length === -1 ? `length(${text})` : `least(length(${text}), s + ${length})`;
  return `coalesce(list_filter(range(s, ${end}), lambda i: starts_with(substr(${text}, i + 1), ${wanted}))[${occurrence}], -1)`;
}

/**
 * The place of the nth match. Whether a length bounds where a match may begin or where it must end is not
 * known, so an answer that depends on it is refused; so are patterns that look at the signs around them.
 */
function indexOfRegex(args: readonly Arg[], call: CallSite): string {
  const text = expectType(argAt(args, 0), ['string'], call);
  const pattern = constantText(args, 1, call);
  const [start, length, occurrence] = [2, 3, 4].map((at) =>
    args[at] === undefined ? undefined : constantInteger(args, at, call),
  );
  const [from, nth] = [start ?? 0, occurrence ?? 1];
  if (nth < 1 || (length ?? -1) < -1 || /\\[bBAz]|[\^$]|\(\?/.test(pattern) || pattern === '') {
    throw call.refuse(`'indexof_regex' with this pattern, length or occurrence`);
  }
  if (from < 0) return 'CAST(NULL AS BIGINT)';
  const found = regexSql(`(?s:(.*?))(${pattern})`, call);
  const place = (within: string): string => {
    const groups = (group: number): string => `regexp_extract_all(${within}, ${found}, ${group})`;
    const before = `list_sum(list_transform(list_slice(${groups(1)}, 1, ${nth}), lambda m: length(m)))`;
    const matches = `coalesce(list_sum(list_transform(list_slice(${groups(2)}, 1, ${nth - 1}), lambda m: length(m))), 0)`;
    return `CASE WHEN len(${groups(2)}) < ${nth} THEN -1 ELSE ${from} + ${before} + ${matches} END`;
  };
  const rest = `substr(${text}, ${from + 1})`;
  const isEmpty = `regexp_matches('', ${regexSql(`^(?:${pattern})$`, call)})`;
  const refusal = refuseAtRunTime(`'indexof_regex' with this length`);
  const cut = `substr(${text}, ${from + 1}, ${length ?? -1})`;
  const answer =
    (length ?? -1) === -1
      ? place(rest)
      : `CASE WHEN (${place(rest)}) = (${place(cut)}) THEN ${place(rest)} ELSE ${refusal} END`;
  return `CAST(CASE WHEN ${isEmpty} THEN ${refuseAtRunTime(`'indexof_regex' of a pattern that matches nothing`)} ELSE ${answer} END AS BIGINT)`;
}

/** What opens a group that captures, and its name. */
const GROUP = /\((?!\?)|\(\?P?<(?![=!])(\w+)>/g;

function countGroups(pattern: string): number {
  const plain = pattern.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, '');
  return (plain.match(GROUP) ?? []).length;
}

function extract(args: readonly Arg[], call: CallSite): string {
  const pattern = constantText(args, 0, call);
  const group = constantInteger(args, 1, call);
  if (group < 0 || group > countGroups(pattern)) throw call.refuse(`'extract' of group ${group}`);
  return `regexp_extract(${expectType(argAt(args, 2), ['string'], call)}, ${regexSql(pattern, call)}, ${group})`;
}

/** All matches: a list of texts for one group, of lists for several; null when there is none. */
function extractAll(args: readonly Arg[], call: CallSite): string {
  const pattern = constantText(args, 0, call);
  const text = expectType(argAt(args, args.length - 1), ['string'], call);
  const count = countGroups(pattern);
  if (count === 0 || count > 16) throw call.refuse(`'extract_all' with ${count} groups`);
  const all = Array.from({ length: count }, (_, i) => i + 1);
  const groups = args.length === 2 ? all : chosenGroups(pattern, args[1], call);
  const lists = [...new Set(groups)].map(
    (group) => `'g${group}': regexp_extract_all(${text}, ${regexSql(pattern, call)}, ${group})`,
  );
  const first = `m.g${groups[0] ?? 1}`;
  const rows = groups.map((group) => `coalesce(m.g${group}[i], '')`).join(', ');
  const matches =
    groups.length === 1
      ? `list_transform(${first}, lambda x: coalesce(x, ''))`
      : `list_transform(${first}, lambda x, i: [${rows}])`;
  return `list_transform([{${lists.join(', ')}}], lambda m: CASE WHEN len(${first}) > 0 THEN CAST(to_json(${matches}) AS VARCHAR) END)[1]`;
}

/** Groups by number or name, in the order given. What is no group of the pattern is passed over; of none, all are meant. */
function chosenGroups(pattern: string, arg: Arg | undefined, call: CallSite): readonly number[] {
  const names = [...pattern.matchAll(GROUP)].map((match) => match[1]);
  const count = countGroups(pattern);
  const given = constantArray(arg);
  const chosen = given?.map((item) =>
    typeof item === 'string' ? names.indexOf(item) + 1 : Number(item),
  );
  const isKnown = given?.every((item, i) => typeof item === 'number' || chosen?.[i] !== 0);
  if (chosen === undefined || isKnown !== true || chosen.some((group) => !(group >= 1))) {
    throw call.refuse(`'extract_all' of these groups`);
  }
  const present = chosen.filter((group) => group <= count);
  return present.length > 0 ? present : Array.from({ length: count }, (_, i) => i + 1);
}

/** Signs that stand for what is already replaced, which later replacements must leave alone. */
const FIRST_STAND_IN = 0x10f000;

/** A number among the replacements leaves what it stands for as it is. */
function substitute(item: unknown, wanted: unknown): unknown {
  return typeof item === 'number' ? wanted : item;
}

function replaceStrings(args: readonly Arg[], call: CallSite): string {
  const text = expectType(argAt(args, 0), ['string'], call);
  const wanted = constantArray(args[1]);
  const instead = constantArray(args[2])?.map((item, i) => substitute(item, wanted?.[i]));
  const plain = (item: unknown): boolean =>
    typeof item === 'string' && !/[\u{10f000}-\u{10ffff}]/u.test(item);
  if (
    wanted?.length !== instead?.length ||
    ![...(wanted ?? []), ...(instead ?? [])].every(plain) ||
    wanted === undefined ||
    wanted.length > 200 ||
    wanted.includes('')
  ) {
    throw call.refuse(
      `'replace_strings' of lists that are not constant texts or not of one length`,
    );
  }
  const standIn = (i: number): string => `chr(${FIRST_STAND_IN + i})`;
  const marked = wanted.reduce<string>(
    (sql, item, i) => `replace(${sql}, ${sqlText(String(item))}, ${standIn(i)})`,
    text,
  );
  const replaced = (instead ?? []).reduce<string>(
    (sql, item, i) => `replace(${sql}, ${standIn(i)}, ${sqlText(String(item))})`,
    marked,
  );
  const refusal = refuseAtRunTime(`'replace_strings' of a text with signs of plane 16`);
  return `CASE WHEN regexp_matches(${text}, '[\\x{10f000}-\\x{10ffff}]') THEN ${refusal} ELSE ${replaced} END`;
}

/** Signs of the first list become those of the second, whose last one stands for all that it lacks. */
function translate(args: readonly Arg[], call: CallSite): string {
  const from = Array.from(constantText(args, 0, call));
  const to = Array.from(constantText(args, 1, call));
  if (new Set(from).size < from.length) throw call.refuse(`'translate' of a sign given twice`);
  const padded = from.map((_, i) => to[i] ?? to.at(-1) ?? '').join('');
  return `translate(${expectType(argAt(args, 2), ['string'], call)}, ${sqlText(from.join(''))}, ${sqlText(padded)})`;
}
