import fc from 'fast-check';
import type { Column, Table } from '../../src/core/table';
import type { TableStore } from '../../src/kql/store';
import { ask, openStore } from './ask';
import * as reference from './reference-evaluator';
import type { Rows, Step, Value } from './reference-evaluator';

const LEFT: readonly Column[] = [
  { name: 'S', type: 'string' },
  { name: 'N', type: 'long' },
  { name: 'M', type: 'long' },
];
const RIGHT: readonly Column[] = [
  { name: 'S', type: 'string' },
  { name: 'R', type: 'long' },
];

const text = fc.constantFrom('', 'a', 'A', 'b', 'ß', 'é');
const number = fc.option(fc.integer({ min: -3, max: 3 }), { nil: null });
const left = fc.array(fc.record({ S: text, N: number, M: number }), { maxLength: 12 });
const right = fc.array(fc.record({ S: text, R: number }), { maxLength: 6 });

/** Steps that keep S, N and M. */
const keeping = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('N', 'M'),
      fc.constantFrom('<', '<=', '>', '>='),
      fc.integer({ min: -3, max: 3 }),
    )
    .map(([column, operator, than]) => reference.whereNumber(column, operator, than)),
  fc
    .tuple(fc.constantFrom('==', '!=', '=~'), fc.constantFrom('', 'a', 'b'))
    .map(([operator, than]) => reference.whereText('S', operator, than)),
  fc.constantFrom('N', 'M').map(reference.whereNull),
  fc
    .constantFrom('+', '-', '*')
    .map((operator) => reference.extendArithmetic('N', 'N', operator, 'M')),
  fc.constant(reference.extendGreater('M', 'N', 'M')),
);

/** A last step, which may change the columns. */
const last = (rows: Rows): fc.Arbitrary<Step | undefined> =>
  fc.oneof(
    fc.constant(undefined),
    fc.subarray(['S', 'N', 'M'], { minLength: 1 }).map((names) => reference.project(...names)),
    fc.subarray(['S', 'M']).map((by) => reference.summarize('N', by)),
    fc
      .tuple(
        fc.constantFrom(...reference.JOIN_KINDS),
        fc.constantFrom({ left: 'S', right: 'S' }, { left: 'M', right: 'R' }),
      )
      .map(([kind, key]) => reference.join(kind, 'Right', rows, key)),
    fc.constant(reference.joinUnique('Right', rows)),
  );

const cases = right.chain((rightRows) =>
  fc.record({
    leftRows: left,
    rightRows: fc.constant(rightRows),
    steps: fc.array(keeping, { maxLength: 3 }),
    last: last(rightRows),
  }),
);

async function fill(
  store: TableStore,
  name: string,
  columns: readonly Column[],
  rows: Rows,
): Promise<void> {
  await store.execute(`DELETE FROM "${name}"`);
  for (const row of rows) {
    const values = columns.map(({ name: column }) => sqlValue(row[column] ?? null));
    await store.execute(`INSERT INTO "${name}" VALUES (${values.join(', ')})`);
  }
}

function sqlValue(value: Value): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** Rows as texts in one order, because neither side promises one. */
function texts(rows: readonly (readonly unknown[])[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

function expectedTexts(rows: Rows, { columns }: Table): string[] {
  return texts(rows.map((row) => columns.map(({ name }) => row[name] ?? null)));
}

describe('the engine and the plainest evaluator there is', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
    await store.createTable('Left', LEFT);
    await store.createTable('Right', RIGHT);
  });
  afterAll(() => store.close());

  it('give the same rows for random queries on random tables', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ leftRows, rightRows, steps, last: end }) => {
        await fill(store, 'Left', LEFT, leftRows);
        await fill(store, 'Right', RIGHT, rightRows);
        const all = end === undefined ? steps : [...steps, end];
        const kql = ['Left', ...all.map((step) => step.kql)].join(' | ');
        const table = await ask(store, kql, { Left: LEFT, Right: RIGHT });
        const expected = all.reduce<Rows>((rows, step) => step.apply(rows), leftRows);
        expect({ kql, rows: texts(table.rows) }).toEqual({
          kql,
          rows: expectedTexts(expected, table),
        });
      }),
      { numRuns: 150, seed: 7 },
    );
  }, 120_000);

  it.each([
    ['asc', ''],
    ['desc', ''],
    ['asc', ' nulls last'],
    ['desc', ' nulls first'],
  ] as const)('sort in the same order: %s%s', async (direction, nulls) => {
    await fc.assert(
      fc.asyncProperty(left, async (rows) => {
        await fill(store, 'Left', LEFT, rows);
        const kql = `Left | order by N ${direction}${nulls} | project N`;
        const table = await ask(store, kql, { Left: LEFT });
        const nullsFirst = nulls === '' ? direction === 'asc' : nulls === ' nulls first';
        const numbers = rows.map(({ N }) => N).filter((n) => n !== null);
        numbers.sort((a, b) => (direction === 'asc' ? a - b : b - a));
        const empty = rows.filter(({ N }) => N === null).map(({ N }) => N);
        expect(table.rows.flat()).toEqual(
          nullsFirst ? [...empty, ...numbers] : [...numbers, ...empty],
        );
      }),
      { numRuns: 25, seed: 7 },
    );
  });
});
