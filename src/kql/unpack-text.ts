import type { Row } from '../core/table';
import type { UnpackProbe } from './column-probe';
import { KqlError } from './errors';
import { columnName, textLiteral } from './known-names';
import { REMEDIES } from './unknown-columns';

const MOST_SLOTS = 500;

/** A slot of the bags that are unpacked. */
export interface Slot {
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
export function unpackText(probe: UnpackProbe, all: readonly Slot[]): string {
  const slots = all.filter(({ name }) => !probe.ignored.includes(name)).sort(byName);
  if (slots.length > MOST_SLOTS) throw refusal(`of more than ${MOST_SLOTS} slots`);
  refuseUnclearOrder(slots);
  const read = new Map(
    slots.map((slot) => [`${probe.prefix}${slot.name}`, reader(probe.unpacked, slot)]),
  );
  const kept = probe.input.flatMap(({ name }) => {
    const slot = read.get(name);
    read.delete(name);
    if (name === probe.unpacked)
      return slot === undefined ? [] : [`${columnName(name, 'bag_unpack')} = ${slot}`];
    if (slot === undefined || probe.conflict === 'keep_source')
      return [columnName(name, 'bag_unpack')];
    if (probe.conflict === 'replace_source') return [`${columnName(name, 'bag_unpack')} = ${slot}`];
    throw new KqlError(
      'KQL_SEMANTIC',
      `bag_unpack: the column '${name}' is there already`,
      undefined,
      'Give a prefix, or columnsConflict.',
    );
  });
  const added = [...read].map(([name, value]) => `${columnName(name, 'bag_unpack')} = ${value}`);
  if (kept.length + added.length === 0) throw refusal('that gives no column');
  return `project ${[...kept, ...added].join(', ')}`;
}

/** A slot's value: of the type of its values, or dynamic when they differ in type. */
function reader(unpacked: string, { name, kinds, special }: Slot): string {
  const member = `${columnName(unpacked, 'bag_unpack')}[${textLiteral(name, 'bag_unpack')}]`;
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
    REMEDIES.bag_unpack,
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

/** A slot as the probe's row tells of it. */
export function unpackedSlot([name, kinds, special]: Row): Slot {
  return { name: String(name), kinds: kindsOf(String(kinds)), special: special === true };
}

/** JSON tells whole numbers apart by their sign, Kusto does not. */
function kindsOf(list: string): readonly string[] {
  const kinds = list.split(',').map((kind) => (kind === 'UBIGINT' ? 'BIGINT' : kind));
  return [...new Set(kinds)].filter((kind) => kind !== 'NULL');
}
