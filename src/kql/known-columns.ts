import type { Instant } from '../core/period';
import type { Table } from '../core/table';
import type { ColumnProbe } from './column-probe';
import type { CompiledQuery } from './compiled-query';
import { KqlError } from './errors';
import { parser } from './parser-process';
import { schemaText, type Schema } from './schema';

/** A query unpacks at most so many columns. */
const MOST_UNPACKED = 8;
const MOST_SLOTS = 500;

/** Whether a query may have columns that depend on the data. */
export function mayDependOnData(text: string): boolean {
  return /\bbag_unpack\b/.test(text);
}

/**
 * The query with each `bag_unpack` that does not say its columns replaced by a `project` of the columns that the
 * data has, for which `ask` answers a query first. Other queries stay as they are.
 */
export function withKnownColumns(
  text: string,
  schema: Schema,
  { now }: { readonly now: Instant },
  ask: (query: CompiledQuery) => Promise<Table>,
): Promise<string> {
  const probe = (known: string): Promise<ColumnProbe | null> =>
    parser.ask({ name: 'probe', text: known, schema: schemaText(schema), now });
  return resolveColumns(text, probe, ask);
}

/** The same with another way to find the probes. */
export async function resolveColumns(
  text: string,
  probe: (text: string) => Promise<ColumnProbe | null> | ColumnProbe | null,
  ask: (query: CompiledQuery) => Promise<Table>,
): Promise<string> {
  let known = text;
  for (let i = 0; i < MOST_UNPACKED && mayDependOnData(known); i += 1) {
    const found = await probe(known);
    if (found === null) return known;
    const { rows } = await ask(found.query);
    const slots = rows.map(([name, kinds, special]): Slot => ({
      name: String(name),
      kinds: kindsOf(String(kinds)),
      special: special === true,
    }));
    const columns = projection(found, slots);
    known = `${known.slice(0, found.start)}${columns}${known.slice(found.end)}`;
  }
  return known;
}

/** JSON tells whole numbers apart by their sign, Kusto does not. */
function kindsOf(list: string): readonly string[] {
  const kinds = list.split(',').map((kind) => (kind === 'UBIGINT' ? 'BIGINT' : kind));
  return [...new Set(kinds)].filter((kind) => kind !== 'NULL');
}

interface Slot {
  readonly name: string;
  /** The JSON kinds of its values, without null. */
  readonly kinds: readonly string[];
  readonly special: boolean;
}

/** How a slot is read whose values are all of one kind. */
const READERS: Readonly<Record<string, (member: string) => string>> = {
  BIGINT: (member) => `tolong(${member})`,
  DOUBLE: (member) => `todouble(${member})`,
  VARCHAR: (member) => `tostring(${member})`,
  BOOLEAN: (member) => `tobool(${member})`,
  OBJECT: (member) => member,
  ARRAY: (member) => member,
};

/** The `project` that stands for a `bag_unpack`: the input's columns in their places, then new slots by name. */
function projection(probe: ColumnProbe, all: readonly Slot[]): string {
  const slots = all.filter(({ name }) => !probe.ignored.includes(name)).sort(byName);
  if (slots.length > MOST_SLOTS) throw refusal(`of more than ${MOST_SLOTS} slots`);
  refuseUnclearOrder(slots);
  const read = new Map(
    slots.map((slot) => [`${probe.prefix}${slot.name}`, reader(probe.unpacked, slot)]),
  );
  const kept = probe.input.flatMap(({ name }) => {
    const slot = read.get(name);
    read.delete(name);
    if (name === probe.unpacked) return slot === undefined ? [] : [`${quoted(name)} = ${slot}`];
    if (slot === undefined || probe.conflict === 'keep_source') return [quoted(name)];
    if (probe.conflict === 'replace_source') return [`${quoted(name)} = ${slot}`];
    throw new KqlError(
      'KQL_SEMANTIC',
      `bag_unpack: the column '${name}' is there already`,
      undefined,
      'Give a prefix, or columnsConflict.',
    );
  });
  const added = [...read].map(([name, value]) => `${quoted(name)} = ${value}`);
  if (kept.length + added.length === 0) throw refusal('that gives no column');
  return `project ${[...kept, ...added].join(', ')}`;
}

/** A slot's value: of the type of its values, or dynamic when they differ in type. */
function reader(unpacked: string, { name, kinds, special }: Slot): string {
  const member = `${quoted(unpacked)}[${literal(name)}]`;
  if (special || kinds.length === 0) {
    throw refusal(`of the slot '${name.slice(0, 60)}', whose type is not clear`);
  }
  const [kind = ''] = kinds;
  if (kinds.length === 1) return READERS[kind]?.(member) ?? member;
  if (kinds.every((each) => each === 'BIGINT' || each === 'DOUBLE')) {
    throw refusal(`of the slot '${name.slice(0, 60)}' with whole numbers and others`);
  }
  return member;
}

function refusal(what: string): KqlError {
  return new KqlError(
    'KQL_UNSUPPORTED',
    `'bag_unpack' ${what} is not supported offline`,
    undefined,
    'Say which columns it gives: evaluate bag_unpack(…) : (*, Name:string, Size:long).',
  );
}

function byName(a: Slot, b: Slot): number {
  return a.name < b.name ? -1 : 1;
}

/** Whether Kusto sorts capitals before all other letters is not known. */
function refuseUnclearOrder(slots: readonly Slot[]): void {
  const names = slots.map(({ name }) => name.toLowerCase());
  if (names.some((name, i) => i > 0 && name <= (names[i - 1] ?? ''))) {
    throw refusal('of slots whose order depends on their case');
  }
}

/** A column's name between brackets, whatever signs it has. */
function quoted(name: string): string {
  return `[${literal(name)}]`;
}

function literal(value: string): string {
  if (value === '' || /["'\\\p{Cc}]/u.test(value)) {
    throw refusal(`of a slot whose name is empty or has quotes`);
  }
  return `'${value}'`;
}
