import { refuseAtRunTime } from './sql-text';
import { argAt, expectType, type Arg, type CallSite, type FunctionRules } from './sql-function';

const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
const BYTE = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const ADDRESS = new RegExp(`^${BYTE}\\.${BYTE}\\.${BYTE}\\.${BYTE}$`);

/** Functions of IPv4 addresses. What is no address gives null, as in Kusto. */
export const NETWORK_RULES: FunctionRules = {
  ipv4_is_private: {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => inRanges(argAt(args, 0), PRIVATE_RANGES, call),
  },
  ipv4_is_in_range: {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => inRanges(argAt(args, 0), constantRanges(args.slice(1), call), call),
  },
  ipv4_is_in_any_range: {
    args: [2, 200],
    repeats: true,
    sql: (args, call) => inRanges(argAt(args, 0), constantRanges(args.slice(1), call), call),
  },
};

function constantRanges(args: readonly Arg[], call: CallSite): string[] {
  return args.flatMap((arg): string[] => {
    const value = arg.literal?.value;
    if (typeof value !== 'string')
      throw call.refuse(`'${call.name}' of ranges that are not constant`);
    if (arg.type !== 'dynamic') return [value];
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
    throw call.refuse(`'${call.name}' of ranges that are not constant strings`);
  });
}

function inRanges(address: Arg, ranges: readonly string[], call: CallSite): string {
  const text = expectType(address, ['string'], call);
  const part = (i: number): string => `CAST(split_part(${text}, '.', ${i}) AS BIGINT)`;
  const number = `(((${part(1)} * 256 + ${part(2)}) * 256 + ${part(3)}) * 256 + ${part(4)})`;
  const tests = ranges.map((range) => {
    const bounds = boundsOf(range);
    if (bounds === undefined) throw call.refuse(`the range '${range.slice(0, 60)}'`);
    return `${number} BETWEEN ${bounds[0]} AND ${bounds[1]}`;
  });
  const pattern = `'${BYTE}(\\.${BYTE}){3}'`;
  const answer = tests.length === 0 ? 'false' : `(${tests.join(' OR ')})`;
  const withLength = `regexp_full_match(${text}, '[0-9.]+/[0-9]+')`;
  const refusal = refuseAtRunTime(`'${call.name}' of an address with a prefix length`);
  return `CASE WHEN regexp_full_match(${text}, ${pattern}) THEN ${answer} WHEN ${withLength} THEN ${refusal} END`;
}

/** First and last address of `10.0.0.0/8`; a range without a length is one address. */
function boundsOf(range: string): readonly [number, number] | undefined {
  const [address = '', length = '32', ...more] = range.split('/');
  const parts = ADDRESS.exec(address);
  if (parts === null || more.length > 0 || !/^([0-9]|[12][0-9]|3[0-2])$/.test(length))
    return undefined;
  const value = parts.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(value / size) * size;
  return [first, first + size - 1];
}
