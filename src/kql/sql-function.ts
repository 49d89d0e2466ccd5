import type { KustoType } from '../core/table';
import type { KqlError } from './errors';
import type { Literal } from './ir';

/** An argument as SQL. Strings are never NULL in it. */
export interface Arg {
  readonly sql: string;
  readonly type: KustoType;
  /** Set when the argument is a constant. */
  readonly literal: Literal | undefined;
}

/** The call that is being written. */
export interface CallSite {
  readonly name: string;
  readonly type: KustoType;
  /** The error that refuses this call: `what` is `'name' with …`. */
  refuse(what: string, hint?: string): KqlError;
}

/** How one function becomes SQL. A function without a rule is refused. */
export interface FunctionRule {
  /** The fewest and the most arguments. */
  readonly args: readonly [number, number];
  /** The SQL uses an argument more than once, so that arguments are evaluated into names first. */
  readonly repeats?: boolean | ((args: readonly Arg[]) => boolean);
  /** Whether arguments may be decimals, which are SQL decimals of any scale. */
  readonly decimals?: true;
  readonly sql: (args: readonly Arg[], call: CallSite) => string;
}

/** By Kusto's name, or by a name with a blank that only lowering writes. */
export type FunctionRules = Readonly<Record<string, FunctionRule>>;

/** Arguments that must all be texts. */
export function texts(args: readonly Arg[], call: CallSite): string[] {
  return args.map((arg) => expectType(arg, ['string'], call));
}

/** A rule for texts alone. */
export function ofTexts(
  count: readonly [number, number],
  sql: (...args: string[]) => string,
  repeats = false,
): FunctionRule {
  return { args: count, repeats, sql: (args, call) => sql(...texts(args, call)) };
}

/** The elements of a constant array, or undefined. */
export function constantArray(arg: Arg | undefined): readonly unknown[] | undefined {
  const value = arg?.literal?.value;
  if (arg?.type !== 'dynamic' || typeof value !== 'string') return undefined;
  const list: unknown = JSON.parse(value);
  return Array.isArray(list) ? list : undefined;
}

/** The argument at an index; asking for one that the rule's count does not promise is a mistake here. */
export function argAt(args: readonly Arg[], index: number): Arg {
  const arg = args[index];
  if (arg === undefined) throw new TypeError(`no argument ${index}`);
  return arg;
}

/** Refuses arguments of other types. */
export function expectType(arg: Arg, types: readonly KustoType[], call: CallSite): string {
  if (types.includes(arg.type)) return arg.sql;
  throw call.refuse(`'${call.name}' of a ${arg.type}`, howToConvert(types));
}

/** In the order in which people mostly mean them, where a function takes several types. */
const CONVERSIONS: readonly (readonly [KustoType, string])[] = [
  ['string', 'tostring'],
  ['real', 'todouble'],
  ['long', 'tolong'],
  ['datetime', 'todatetime'],
  ['timespan', 'totimespan'],
  ['dynamic', 'parse_json'],
  ['bool', 'tobool'],
  ['guid', 'toguid'],
];

/** The hint where something takes other types only. */
export function howToConvert(types: readonly KustoType[]): string | undefined {
  const found = CONVERSIONS.find(([type]) => types.includes(type));
  return found && `Convert it with ${found[1]}(…).`;
}

/** A rule for one argument of given types. */
export function unary(
  types: readonly KustoType[],
  sql: (x: string) => string,
  repeats = false,
): FunctionRule {
  return {
    args: [1, 1],
    repeats,
    sql: (args, call) => sql(expectType(argAt(args, 0), types, call)),
  };
}

const CONSTANT = 'Write its value into the query, or define it with let.';

/** A constant string argument, which shapes the SQL. */
export function constantText(args: readonly Arg[], index: number, call: CallSite): string {
  const value = args[index]?.literal?.value;
  if (typeof value !== 'string')
    throw call.refuse(`'${call.name}' with an argument that is not constant`, CONSTANT);
  return value;
}

/** A constant whole number argument, which shapes the SQL. */
export function constantInteger(args: readonly Arg[], index: number, call: CallSite): number {
  const value = args[index]?.literal?.value;
  if (typeof value !== 'bigint')
    throw call.refuse(`'${call.name}' with an argument that is not constant`, CONSTANT);
  return Number(value);
}
