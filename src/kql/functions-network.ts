import { refuseAtRunTime, sqlText } from './sql-text';
import {
  argAt,
  constantArray,
  expectType,
  type Arg,
  type CallSite,
  type FunctionRule,
  type FunctionRules,
} from './sql-function';

const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
const BYTE = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const ADDRESS = new RegExp(`^${BYTE}\\.${BYTE}\\.${BYTE}\\.${BYTE}$`);
const IPV4 = `${BYTE}(\\.${BYTE}){3}`;
const WITH_LENGTH = `'${IPV4}(/([0-9]|[12][0-9]|3[0-2]))?'`;

/** Functions of IP addresses. What is no address gives null, as in Kusto. */
export const NETWORK_RULES: FunctionRules = {
  ipv4_is_private: {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => inRanges(argAt(args, 0), PRIVATE_RANGES, call),
  },
  ipv4_is_in_range: {
    args: [2, 2],
    repeats: true,
    sql: (args, call) =>
      args[1]?.literal === undefined
        ? inComputedRange(args, call)
        : inRanges(argAt(args, 0), constantRanges(args.slice(1), call), call),
  },
  ipv4_is_in_any_range: {
    args: [2, 200],
    repeats: true,
    sql: (args, call) => inRanges(argAt(args, 0), constantRanges(args.slice(1), call), call),
  },
  ipv4_compare: compareIpv4((a, b) => `CAST(sign(${a} - ${b}) AS BIGINT)`),
  ipv4_is_match: compareIpv4((a, b) => `(${a} = ${b})`),
  ipv4_netmask_suffix: ofAddress((text) => lengthOf(text)),
  parse_ipv4: ofAddress((text) => network(text, lengthOf(text)), true),
  parse_ipv4_mask: masked((text, length) => network(text, length), 'NULL'),
  format_ipv4: masked((text, length) => dotted(network(text, length)), `''`),
  format_ipv4_mask: masked(
    (text, length) => `(${dotted(network(text, length))} || '/' || ${length})`,
    `''`,
  ),
  ipv4_range_to_cidr_list: {
    args: [2, 2],
    sql: (args, call) => {
      const [first, last] = args.map((arg) => expectType(arg, ['string'], call));
      return `kql_cidr_list(${first ?? ''}, ${last ?? ''})`;
    },
  },
  /** Of ipv4_lookup: what becomes of a text that is no address is not known. */
  'address number': {
    args: [1, 1],
    repeats: true,
    sql: (args) => {
      const text = argAt(args, 0).sql;
      const refusal = refuseAtRunTime(
        `'ipv4_lookup' of what is no IPv4 address`,
        'Leave such rows out before it: | where isnotnull(parse_ipv4(Address)).',
      );
      return `CASE WHEN regexp_full_match(${text}, '${IPV4}') THEN ${numberOf(text)} ELSE ${refusal} END`;
    },
  },
  'network first': networkPart((text) => network(text, lengthOf(text))),
  'network last': networkPart(
    (text) => `(${network(text, lengthOf(text))} + (1 << (32 - ${lengthOf(text)})) - 1)`,
  ),
  'is only match': {
    args: [1, 1],
    sql: (args) => {
      const refusal = refuseAtRunTime(`'ipv4_lookup' of an address that several networks have`);
      return `CASE WHEN ${argAt(args, 0).sql} > 1 THEN ${refusal} ELSE true END`;
    },
  },
  has_ipv4: found(addressPattern),
  has_any_ipv4: found(addressPattern),
  has_ipv4_prefix: found(prefixPattern),
  has_any_ipv4_prefix: found(prefixPattern),
  parse_ipv6: { args: [1, 1], sql: (args, call) => formatIpv6(args, '128', call) },
  parse_ipv6_mask: {
    args: [2, 2],
    sql: (args, call) => formatIpv6(args, prefixText(argAt(args, 1), call), call),
  },
  ipv6_compare: compareIpv6((result) => `CAST(${result} AS BIGINT)`),
  ipv6_is_match: compareIpv6((result) => `(${result} = '0')`),
  ipv6_is_in_range: {
    args: [2, 2],
    sql: (args, call) => {
      const [address, range] = args.map((arg) => expectType(arg, ['string'], call));
      return `CAST(kql_ipv6_in_range(${address ?? ''}, ${range ?? ''}) AS BOOLEAN)`;
    },
  },
  ipv6_is_in_any_range: {
    args: [2, 200],
    repeats: true,
    sql: (args, call) => {
      const address = expectType(argAt(args, 0), ['string'], call);
      const tests = constantRanges(args.slice(1), call).map(
        (range) => `CAST(kql_ipv6_in_range(${address}, ${sqlText(range)}) AS BOOLEAN)`,
      );
      return tests.length === 0 ? 'false' : `(${tests.join(' OR ')})`;
    },
  },
};

const LISTED = 'Write them into the query: let Ranges = dynamic(["10.0.0.0/8"]);';

function constantRanges(args: readonly Arg[], call: CallSite): string[] {
  return args.flatMap((arg): string[] => {
    const value = arg.literal?.value;
    if (typeof value !== 'string')
      throw call.refuse(`'${call.name}' of ranges that are not constant`, LISTED);
    if (arg.type !== 'dynamic') return [value];
    const list = constantArray(arg);
    if (list?.every((item) => typeof item === 'string') === true) return list as string[];
    throw call.refuse(`'${call.name}' of ranges that are not constant strings`, LISTED);
  });
}

function numberOf(address: string): string {
  const part = (i: number): string => `CAST(split_part(${address}, '.', ${i}) AS BIGINT)`;
  return `(((${part(1)} * 256 + ${part(2)}) * 256 + ${part(3)}) * 256 + ${part(4)})`;
}

function inRanges(address: Arg, ranges: readonly string[], call: CallSite): string {
  const text = expectType(address, ['string'], call);
  const number = numberOf(text);
  const bounds = ranges.map((range) => {
    const known = boundsOf(range);
    if (known === undefined) throw call.refuse(`the range '${range.slice(0, 60)}'`);
    return known;
  });
  const tests = bounds.map(({ first, last }) => `${number} BETWEEN ${first} AND ${last}`);
  const answer = tests.length === 0 ? 'false' : `(${tests.join(' OR ')})`;
  // A network is in a range as its addresses are, if it is not the larger of the two.
  const longest = Math.max(0, ...bounds.map(({ length }) => length));
  const within = bounds
    .map(({ first, last }) => `(${network(text, lengthOf(text))} BETWEEN ${first} AND ${last})`)
    .join(' OR ');
  const refusal = refuseAtRunTime(`'${call.name}' of a network that is larger than the range`);
  const ofNetwork = `CASE WHEN ${lengthOf(text)} >= ${longest} THEN ${within === '' ? 'false' : within} ELSE ${refusal} END`;
  return `CASE WHEN regexp_full_match(${text}, '${IPV4}') THEN ${answer} WHEN ${isAddress(text)} THEN ${ofNetwork} ${refusesBlanks([text], call)} END`;
}

function inComputedRange(args: readonly Arg[], call: CallSite): string {
  const [address, range] = args.map((arg) => expectType(arg, ['string'], call)) as [string, string];
  const [own, wanted] = [lengthOf(address), lengthOf(range)];
  const refusal = refuseAtRunTime(`'${call.name}' of a network that is larger than the range`);
  return `CASE WHEN ${isAddress(address)} AND ${isAddress(range)} THEN CASE WHEN ${own} < ${wanted} THEN ${refusal} ELSE ${network(address, wanted)} = ${network(range, wanted)} END ${refusesBlanks([address, range], call)} END`;
}

/** First and last address of `10.0.0.0/8`; a range without a length is one address. */
function boundsOf(range: string): { first: number; last: number; length: number } | undefined {
  const [address = '', length = '32', ...more] = range.split('/');
  const parts = ADDRESS.exec(address);
  if (parts === null || more.length > 0 || !/^([0-9]|[12][0-9]|3[0-2])$/.test(length))
    return undefined;
  const value = parts.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(value / size) * size;
  return { first, last: first + size - 1, length: Number(length) };
}

function isAddress(text: string): string {
  return `regexp_full_match(${text}, ${WITH_LENGTH})`;
}

/** The length of an address's prefix, 32 when it has none. */
function lengthOf(text: string): string {
  return `CAST(coalesce(nullif(split_part(${text}, '/', 2), ''), '32') AS BIGINT)`;
}

/** The number of the first address of the network of this length in which an address is. */
function network(text: string, length: string): string {
  const bits = `(32 - ${length})`;
  return `((${numberOf(`split_part(${text}, '/', 1)`)} >> ${bits}) << ${bits})`;
}

function dotted(number: string): string {
  const byte = (bits: number): string => `((n >> ${bits}) & 255)`;
  return `list_transform([${number}], lambda n: concat_ws('.', ${[24, 16, 8, 0].map(byte).join(', ')}))[1]`;
}

function networkPart(sql: (text: string) => string): FunctionRule {
  return {
    args: [1, 1],
    repeats: true,
    sql: (args) => {
      const text = argAt(args, 0).sql;
      const refusal = refuseAtRunTime(`'ipv4_lookup' in what is no IPv4 network`);
      return `CASE WHEN ${isAddress(text)} THEN ${sql(text)} ELSE ${refusal} END`;
    },
  };
}

/** Blanks before an address are known to be passed over by parse_ipv4 alone. */
function ofAddress(sql: (text: string) => string, passesBlanks = false): FunctionRule {
  return {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => {
      const text = expectType(argAt(args, 0), ['string'], call);
      const led = `ltrim(${text})`;
      const blanks = passesBlanks ? `WHEN ${isAddress(led)} THEN ${sql(led)} ` : '';
      return `CASE WHEN ${isAddress(text)} THEN ${sql(text)} ${blanks}${refusesBlanks([text], call)} END`;
    },
  };
}

/** The case of a text that would be an address without blanks around it. */
function refusesBlanks(texts: readonly string[], call: CallSite): string {
  const among = texts.map((text) => `regexp_full_match(${text}, '\\s*${IPV4}(/[0-9]+)?\\s*')`);
  const around = texts.map((text) => `regexp_matches(${text}, '^\\s|\\s$')`);
  const refusal = refuseAtRunTime(
    `'${call.name}' of an address with blanks around it`,
    'Take them away with trim(@"\\s+", …).',
  );
  return `WHEN ${among.map((is, i) => `(${around[i] ?? ''} AND ${is})`).join(' OR ')} THEN ${refusal}`;
}

/** Under an address's own prefix length or the one that is given, whichever is shorter. */
function masked(sql: (text: string, length: string) => string, otherwise: string): FunctionRule {
  return {
    args: [1, 2],
    repeats: true,
    sql: (args, call) => {
      const text = expectType(argAt(args, 0), ['string'], call);
      const given = args[1] === undefined ? '32' : expectType(args[1], ['int', 'long'], call);
      const length = `least(${lengthOf(text)}, ${given})`;
      return `CASE WHEN ${isAddress(text)} AND ${given} BETWEEN 0 AND 32 THEN ${sql(text, length)} ${refusesBlanks([text], call)} ELSE ${otherwise} END`;
    },
  };
}

function compareIpv4(sql: (a: string, b: string) => string): FunctionRule {
  return {
    args: [2, 3],
    repeats: true,
    sql: (args, call) => {
      const [a, b] = args.slice(0, 2).map((arg) => expectType(arg, ['string'], call)) as [
        string,
        string,
      ];
      const given = args[2] === undefined ? '32' : expectType(args[2], ['int', 'long'], call);
      const length = `least(${lengthOf(a)}, ${lengthOf(b)}, ${given})`;
      return `CASE WHEN ${isAddress(a)} AND ${isAddress(b)} AND ${given} BETWEEN 0 AND 32 THEN ${sql(network(a, length), network(b, length))} ${refusesBlanks([a, b], call)} END`;
    },
  };
}

/** Looks for any of constant addresses or beginnings, which must stand apart from letters and digits. */
function found(patternOf: (wanted: string) => string | undefined): FunctionRule {
  return {
    args: [2, 200],
    repeats: true,
    sql: (args, call) => {
      const text = expectType(argAt(args, 0), ['string'], call);
      const tests = constantRanges(args.slice(1), call).flatMap((wanted) => {
        const pattern = patternOf(wanted);
        return pattern === undefined ? [] : [apart(text, wanted, pattern, call)];
      });
      return tests.length === 0 ? 'false' : `(${tests.join(' OR ')})`;
    },
  };
}

/** Whether an address counts that a dot ties to another number is not known here. */
function apart(text: string, wanted: string, pattern: string, call: CallSite): string {
  const strict = `(^|[^\\p{L}\\p{N}.]|(^|[^\\p{N}])\\.)${pattern}($|[^\\p{L}\\p{N}.]|\\.($|[^\\p{N}]))`;
  const loose = `(^|[^\\p{L}\\p{N}])${pattern}($|[^\\p{L}\\p{N}])`;
  const refusal = refuseAtRunTime(`'${call.name}' of a number with more than four parts`);
  return `CASE WHEN NOT contains(${text}, ${sqlText(wanted)}) THEN false WHEN regexp_matches(${text}, ${sqlText(strict)}) THEN true WHEN regexp_matches(${text}, ${sqlText(loose)}) THEN ${refusal} ELSE false END`;
}

function addressPattern(wanted: string): string | undefined {
  return ADDRESS.test(wanted) ? wanted.replaceAll('.', '\\.') : undefined;
}

/** A whole address, or its first parts with a dot after them. */
function prefixPattern(wanted: string): string | undefined {
  if (!new RegExp(`^(${BYTE}\\.){1,3}$`).test(wanted)) return addressPattern(wanted);
  const missing = 4 - (wanted.match(/\./g) ?? []).length;
  const rest = Array.from({ length: missing }, () => BYTE).join('\\.');
  return `${wanted.replaceAll('.', '\\.')}${rest}`;
}

function prefixText(arg: Arg, call: CallSite): string {
  return `CAST(${expectType(arg, ['int', 'long'], call)} AS VARCHAR)`;
}

function formatIpv6(args: readonly Arg[], prefix: string, call: CallSite): string {
  const text = expectType(argAt(args, 0), ['string'], call);
  return `kql_format_ipv6(${text}, ${prefix === '128' ? `'128'` : prefix})`;
}

function compareIpv6(sql: (result: string) => string): FunctionRule {
  return {
    args: [2, 3],
    sql: (args, call) => {
      const [a, b] = args.slice(0, 2).map((arg) => expectType(arg, ['string'], call));
      const prefix = args[2] === undefined ? `'128'` : prefixText(args[2], call);
      return sql(`kql_ipv6_compare(${a ?? ''}, ${b ?? ''}, ${prefix})`);
    },
  };
}
