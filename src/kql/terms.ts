import { argAt, type Arg, type CallSite, type FunctionRule } from './sql-function';
import { sqlText } from './sql-text';
import { refuseDoubtfulCase, textOf } from './text-operand';

/** What separates Kusto's terms: everything but letters and digits, `_` and `-` included. */
const BREAK = '[^\\p{L}\\p{N}]';
const WORD = '[\\p{L}\\p{N}]';

/** How a term is matched, and at which of its edges another term may not go on. */
interface TermMatch {
  readonly ignoresCase: boolean;
  readonly start: boolean;
  readonly end: boolean;
}

/** A rule for `has` and its like: a constant needle, which may match without a pattern, or a computed one. */
export function term(match: TermMatch): FunctionRule {
  return {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      const [searched, wanted] = [textOf(argAt(args, 0), call), argAt(args, 1)];
      const constant = wanted.literal?.value;
      if (typeof constant === 'string') return constantTerm(searched, constant, match, call);
      return computedTerm(searched, textOf(wanted, call), match);
    },
  };
}

/** A needle's edge that is no letter or digit may stand anywhere. */
function constantTerm(searched: string, wanted: string, match: TermMatch, call: CallSite): string {
  if (wanted === '') return 'true';
  const [startsWithin, endsWithin] = [/^[\p{L}\p{N}]/u, /[\p{L}\p{N}]$/u].map((edge) =>
    edge.test(wanted),
  ) as [boolean, boolean];
  const edges = { start: match.start && startsWithin, end: match.end && endsWithin };
  if (!match.ignoresCase) return hasSql(searched, sqlText(wanted), edges);
  refuseDoubtfulCase(wanted, call);
  if (/^[ -~]+$/.test(wanted)) return plainTermSql(searched, wanted, edges);
  return hasSql(`lower(${searched})`, `lower(${sqlText(wanted)})`, edges);
}

/** The same of a needle that is computed, which is written several times. */
function computedTerm(searched: string, wanted: string, match: TermMatch): string {
  const [within, needle] = match.ignoresCase
    ? [`lower(${searched})`, `lower(${wanted})`]
    : [searched, wanted];
  const edge = (isBound: boolean, begins: string, bound: string): string =>
    isBound ? `CASE WHEN regexp_matches(${needle}, '${begins}') THEN '${bound}' ELSE '' END` : `''`;
  const before = edge(match.start, `^${WORD}`, `(^|${BREAK})`);
  const after = edge(match.end, `${WORD}$`, `($|${BREAK})`);
  return `(contains(${within}, ${needle}) AND regexp_matches(${within}, ${before} || regexp_escape(${needle}) || ${after}))`;
}

type Edges = Pick<TermMatch, 'start' | 'end'>;

function hasSql(searched: string, wanted: string, { start, end }: Edges): string {
  if (!start && !end) return `contains(${searched}, ${wanted})`;
  const before = start ? `'(^|${BREAK})' || ` : '';
  const after = end ? ` || '($|${BREAK})'` : '';
  // contains() is far faster than the pattern and leaves little for it to do.
  return `(contains(${searched}, ${wanted}) AND regexp_matches(${searched}, ${before}regexp_escape(${wanted})${after}))`;
}

/** As hasSql in any case, for a constant of ASCII: matching the text as it is takes half the time. */
function plainTermSql(searched: string, wanted: string, { start, end }: Edges): string {
  const known = sqlText(wanted.toLowerCase());
  if (!start && !end) return `contains(lower(${searched}), ${known})`;
  const pattern = wanted.replace(/./g, (sign) =>
    /[a-z]/i.test(sign)
      ? `[${sign.toLowerCase()}${sign.toUpperCase()}]`
      : sign.replace(/[^0-9 ]/, '\\$&'),
  );
  const before = start ? `(?:^|${BREAK})` : '';
  const after = end ? `(?:$|${BREAK})` : '';
  return `(contains(lower(${searched}), ${known}) AND regexp_matches(${searched}, ${sqlText(before + pattern + after)}))`;
}

const ANY_TERM: TermMatch = { ignoresCase: true, start: true, end: true };

/** Any or all of constant terms. Every text has null, as it has an empty term; all of none are there. */
export function hasSeveral(joiner: ' OR ' | ' AND '): FunctionRule {
  return {
    args: [1, 10_000],
    repeats: true,
    sql: (args, call) => {
      const [value, ...wanted] = args as [Arg, ...Arg[]];
      if (wanted.length === 0) return joiner === ' AND ' ? 'true' : 'false';
      const searched = textOf(value, call);
      const matches = wanted.map(({ literal }) => {
        const given = typeof literal?.value === 'bigint' ? String(literal.value) : literal?.value;
        if (typeof given !== 'string' || literal?.type === 'dynamic') {
          throw call.refuse(
            `'${call.name}' of values that are not constant strings`,
            'Write them into the query, or define them with let: let Words = dynamic(["push"]);',
          );
        }
        return constantTerm(searched, given, ANY_TERM, call);
      });
      return `(${matches.join(joiner)})`;
    },
  };
}

/** Any or all of the terms that a subquery of one column gives. */
export function hasTable(joiner: ' OR ' | ' AND '): FunctionRule {
  return {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      const [searched, set] = [textOf(argAt(args, 0), call), argAt(args, 1)];
      if (set.type !== 'string') throw call.refuse(`'${call.name}' of a ${set.type}`);
      const found = computedTerm(searched, 't.v', ANY_TERM);
      return joiner === ' OR '
        ? `EXISTS (SELECT 1 FROM ${set.sql} t(v) WHERE ${found})`
        : `NOT EXISTS (SELECT 1 FROM ${set.sql} t(v) WHERE NOT ${found})`;
    },
  };
}
