import {
  differenceOfAudit,
  differenceOfTable,
  differs,
  resultOf,
} from '../../src/assess/asked-again';
import type { AnswerPair, AuditContext, TableDifference } from '../../src/assess/asked-again';
import { listsAreUnordered, natureOf } from '../../src/assess/query-nature';
import type { Answer } from '../../src/core/logs';
import type { Column, KustoType, Row } from '../../src/core/table';
import { piecesOf } from '../../src/core/pieces';
import { said } from '../support/languages';

const PERIOD = { start: '2026-03-02T00:00:00.000Z', end: '2026-03-03T00:00:00.000Z' };
const WHEN = { executedAt: PERIOD.end, durationMs: 1 };
const PUSHES = columns({ TimeGenerated: 'datetime', Identity: 'string', Count: 'long' });
const COVERAGE = columns({
  Resource: 'string',
  HourIndex: 'long',
  Records: 'long',
  Counted: 'real',
  Earliest: 'datetime',
});

function columns(types: Record<string, KustoType>): Column[] {
  return Object.entries(types).map(([name, type]) => ({ name, type }));
}

function answer(cols: readonly Column[], rows: readonly Row[]): Answer {
  return { status: 'complete', table: { columns: cols, rows }, body: piecesOf(''), ...WHEN };
}

const failed: Answer = { status: 'failed', code: 'other', reason: 'Not now.', ...WHEN };
const partial = (rows: readonly Row[]): Answer => ({
  status: 'partial',
  reason: 'A limit was met.',
  table: { columns: PUSHES, rows },
  body: piecesOf(''),
  ...WHEN,
});

const counts = (...rows: [hour: number, records: number, earliest: string][]): Answer =>
  answer(
    COVERAGE,
    rows.map(([hour, records, earliest]) => [
      '/registries/contoso',
      hour,
      records,
      records,
      earliest,
    ]),
  );

const unchanged: TableDifference = {
  table: 'T',
  added: 0,
  lost: 0,
  otherwise: false,
  lookBackShortened: false,
};

function compare(before: Answer, after: Answer, context: Partial<AuditContext> = {}) {
  return said(
    differenceOfAudit(
      {
        audit: 'pushes',
        nature: 'records',
        unorderedLists: false,
        readsBeforePeriod: false,
        tables: [unchanged],
        ...context,
      },
      { before, after },
    ),
  );
}

const differenceOf = (pair: AnswerPair, within: typeof PERIOD) =>
  said(differenceOfTable('T', pair, within));

const row = (minute: number, identity: string, count = 1): Row => [
  `2026-03-02T10:${String(minute).padStart(2, '0')}:00.0000000Z`,
  identity,
  count,
];

describe('an audit that is asked again', () => {
  it('is the same whatever the order of its rows and the digits of its times', () => {
    const before = answer(PUSHES, [row(1, 'ann'), row(2, 'bob'), row(2, 'bob')]);
    const after = answer(PUSHES, [
      row(2, 'bob'),
      ['2026-03-02T10:01:00Z', 'ann', 1],
      row(2, 'bob'),
    ]);
    expect(compare(before, after)).toMatchObject({ added: [], vanished: [], changed: [] });
  });

  it('counts how often a row came', () => {
    const difference = compare(
      answer(PUSHES, [row(1, 'ann'), row(1, 'ann'), row(1, 'ann')]),
      answer(PUSHES, [row(1, 'ann')]),
    );
    expect(difference.vanished).toEqual([row(1, 'ann'), row(1, 'ann')]);
    expect(difference.explained).toBe(false);
  });

  it('pairs a record that was altered with what it was', () => {
    const difference = compare(
      answer(PUSHES, [row(1, 'ann'), row(2, 'bob')]),
      answer(PUSHES, [row(1, 'eve'), row(2, 'bob'), row(3, 'cat')]),
    );
    expect(difference.changed).toEqual([{ before: row(1, 'ann'), after: row(1, 'eve') }]);
    expect(difference.added).toEqual([row(3, 'cat')]);
    expect(difference.explained).toBe(false);
  });

  it('explains a figure that grew by records that came late, and by nothing else', () => {
    const pair = [answer(PUSHES, [row(1, 'ann', 5)]), answer(PUSHES, [row(1, 'ann', 7)])] as const;
    const derived = { nature: 'derived' } as const;
    expect(compare(...pair, { ...derived, tables: [{ ...unchanged, added: 2 }] })).toMatchObject({
      explained: true,
      changed: [{ after: row(1, 'ann', 7) }],
    });
    expect(compare(...pair, derived).explained).toBe(false);
    const swapped = { ...unchanged, added: 2, lost: 1 };
    expect(compare(...pair, { ...derived, tables: [swapped] }).explained).toBe(false);
    expect(compare(...pair, { tables: [{ ...unchanged, added: 2 }] }).explained).toBe(false);
  });

  it('concludes nothing from an answer that failed, or is partial, or from records that ended', () => {
    const before = answer(PUSHES, [row(1, 'ann')]);
    expect(compare(before, failed)).toMatchObject({
      vanished: [],
      cannotTell: expect.stringMatching(/Not now/) as string,
    });
    expect(compare(before, partial([row(2, 'bob')]))).toMatchObject({
      added: [row(2, 'bob')],
      vanished: [],
      cannotTell: expect.stringContaining('partial') as string,
    });
    const ended = { ...unchanged, cannotTell: 'Retention has ended.' };
    expect(compare(before, answer(PUSHES, []), { tables: [ended] })).toMatchObject({
      vanished: [],
      cannotTell: 'Retention has ended.',
    });
  });

  it('says why an estimate, or a look-back that was cut, is not compared', () => {
    const pair = [answer(PUSHES, [row(1, 'ann')]), answer(PUSHES, [row(1, 'bob')])] as const;
    expect(compare(...pair, { nature: 'approximate' }).notCompared).toMatch(/estimates/);
    const cut = { readsBeforePeriod: true, tables: [{ ...unchanged, lookBackShortened: true }] };
    expect(compare(...pair, cut)).toMatchObject({
      added: [],
      notCompared: expect.stringMatching(/less of T/) as string,
    });
  });

  it('takes an answer where there was none as rows that came late', () => {
    expect(compare(failed, answer(PUSHES, [row(1, 'ann')]))).toMatchObject({
      added: [row(1, 'ann')],
      explained: true,
    });
    expect(compare(failed, failed)).toMatchObject({ added: [], explained: true });
  });

  it('tells numbers apart that JavaScript would round to the same', () => {
    const bags = columns({ Name: 'string', Bag: 'dynamic' });
    const pair = [
      answer(bags, [['a', '{"id":9007199254740993}']]),
      answer(bags, [['a', '{"id":9007199254740992}']]),
    ] as const;
    expect(compare(...pair, { nature: 'derived' }).changed).toHaveLength(1);
    const spelled = answer(bags, [['a', '{ "id": 9007199254740993 }']]);
    expect(compare(pair[0], spelled).changed).toEqual([]);
  });

  it('does not mind the order of lists that have none', () => {
    const sets = columns({ Name: 'string', Tags: 'dynamic' });
    const pair = [answer(sets, [['a', '["x","y"]']]), answer(sets, [['a', '["y","x"]']])] as const;
    expect(compare(...pair, { unorderedLists: true }).changed).toEqual([]);
    expect(compare(...pair).vanished.length + compare(...pair).changed.length).toBe(1);
  });
});

describe('the records of a table', () => {
  const old = '2026-03-01T00:00:00.0000000Z';
  const inside = '2026-03-02T12:00:00.0000000Z';

  it('are added and lost by the hour, so that one of each does not cancel out', () => {
    const pair = {
      before: counts([1, 5, old], [2, 5, old]),
      after: counts([1, 4, old], [2, 6, old]),
    };
    expect(differenceOf(pair, PERIOD)).toMatchObject({ added: 1, lost: 1 });
  });

  it('are not lost where the source holds nothing so old any more', () => {
    const pair = { before: counts([-1, 9, old], [1, 5, inside]), after: counts([13, 5, inside]) };
    const difference = differenceOf(pair, PERIOD);
    expect(difference).toMatchObject({
      lost: 0,
      cannotTell: expect.stringMatching(/oldest record of T/) as string,
    });
    expect(resultOf([difference], [])).toBe('cannot-tell');
    const nothing = { before: pair.before, after: counts() };
    expect(differenceOf(nothing, PERIOD).cannotTell).toMatch(/no record of T/);
  });

  it('are lost where older ones are still held', () => {
    const pair = { before: counts([-1, 9, old], [1, 5, inside]), after: counts([-1, 9, old]) };
    const difference = differenceOf(pair, PERIOD);
    expect(difference).toMatchObject({ lost: 5 });
    expect(resultOf([difference], [])).toBe('lost');
    expect(differs([difference], [])).toBe(true);
  });

  it('make a look-back shorter without making the period doubtful', () => {
    const pair = {
      before: counts([-1, 9, old], [1, 5, inside]),
      after: counts([-1, 2, '2026-03-01T20:00:00.0000000Z'], [1, 5, inside]),
    };
    const difference = differenceOf(pair, PERIOD);
    expect(difference).toMatchObject({ lost: 0, lookBackShortened: true });
    expect(difference.cannotTell).toBeUndefined();
    expect(resultOf([difference], [])).toBe('same');
  });
});

describe('natureOf', () => {
  it.each([
    ['records', 'T | where A == "x | take 5" // | summarize\n| project A | order by A asc'],
    ['derived', 'T | summarize count() by A'],
    ['derived', 'T | where A in (U | project A)'],
    ['derived', 'T | where A !in~ ((U | where f(B) | project A))'],
    ['derived', 'T | where A has_any (strings(1) | project A)'],
    ['derived', 'union T, U | project A'],
    ['derived', 'T | extend P = row_number()'],
    ['approximate', 'T | summarize dcount(A)'],
    ['approximate', 'T | take 5'],
    ['approximate', 'T | summarize arg_max(TimeGenerated, *) by A'],
  ] as const)('is %s of %s', (nature, query) => {
    expect(natureOf(query)).toBe(nature);
  });

  it('knows lists without an order', () => {
    expect(listsAreUnordered('T | summarize make_set_if(A, true)')).toBe(true);
    expect(listsAreUnordered('T | where A == "make_set("')).toBe(false);
  });
});
