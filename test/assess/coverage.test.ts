import { assessCoverage, registriesInAnswers } from '../../src/assess/coverage';
import type { OutsideEvidence } from '../../src/assess/coverage-proofs';
import type { Answer, UnreadableLine } from '../../src/core/logs';
import type { Cell } from '../../src/core/table';
import { piecesOf } from '../../src/core/pieces';
import { said } from '../support/languages';

const period = { start: '2026-03-01T00:00:00.000Z', end: '2026-03-01T08:00:00.000Z' };
const columns = [
  { name: 'Resource', type: 'string' },
  { name: 'HourIndex', type: 'long' },
  { name: 'Records', type: 'long' },
  { name: 'Counted', type: 'real' },
  { name: 'Earliest', type: 'datetime' },
] as const;
const contoso =
  '/subscriptions/s/resourcegroups/r/providers/microsoft.containerregistry/registries/contoso';

/** Only the records. */
const NOTHING_ELSE: OutsideEvidence = {
  source: { kind: 'log-archive', location: '/logs' },
  answers: new Map(),
  platform: undefined,
  canaries: undefined,
};

function answer(...rows: [number, number, number?][]): Answer {
  return {
    status: 'complete',
    table: {
      columns: [...columns],
      rows: rows.map(([hour, records, counted = records]): Cell[] => [
        contoso,
        hour,
        records,
        counted,
        hour < 0 ? '2026-02-20T00:00:00.0000000Z' : '2026-03-01T00:00:00.0000000Z',
      ]),
    },
    body: piecesOf('{}'),
    executedAt: period.end,
    durationMs: 1,
  };
}

const missing: Answer = {
  status: 'failed',
  code: 'table-missing',
  reason: 'No such table.',
  executedAt: period.end,
  durationMs: 1,
};

function assess(tables: { logins?: Answer; events?: Answer; metrics?: Answer }) {
  return said(
    assessCoverage(
      period,
      ['contoso'],
      new Map([
        ['ContainerRegistryLoginEvents', tables.logins ?? answer()],
        ['ContainerRegistryRepositoryEvents', tables.events ?? answer()],
        ['AzureMetrics', tables.metrics ?? answer()],
      ]),
      NOTHING_ELSE,
    ),
  );
}

const states = (tables: Parameters<typeof assess>[0]): string =>
  assess(tables)
    .registries[0]!.hours.map(({ state }) => state[0])
    .join('');

describe('the strip of hours', () => {
  it('is collected where either event table has records', () => {
    expect(states({ logins: answer([0, 3], [1, 1]), events: answer([1, 2], [2, 2]) })).toBe(
      'cccuuuuu',
    );
  });

  it('is quiet where the metrics counted nothing, and a gap where they counted something', () => {
    const metrics = answer([0, 4, 0], [1, 4, 7], [2, 4, 0]);
    expect(states({ metrics }).slice(0, 3)).toBe('qgq');
  });

  it('is quiet in a short pause between two zero records, and not beside a count', () => {
    expect(states({ metrics: answer([2, 1, 0], [4, 1, 0], [6, 1, 5]) })).toBe('qqqqqugu');
  });

  it.each([
    ['after the first hour the metrics stop', [[0, 1, 0]], 'quuuuuuu'],
    ['before the last hour there were no metrics', [[7, 1, 0]], 'uuuuuuuq'],
    [
      'the first hours lie between nothing and a count',
      [
        [0, 1, 0],
        [2, 1, 5],
      ],
      'qugu',
    ],
    [
      'the last hours lie between a count and nothing',
      [
        [5, 1, 5],
        [7, 1, 0],
      ],
      'uguq',
    ],
  ] as [string, [number, number, number][], string][])(
    'is unknown, at an end of the period too, when %s',
    (_, metrics, expected) => {
      const strip = states({ metrics: answer(...metrics) });
      expect(
        expected.startsWith('q') ? strip.slice(0, expected.length) : strip.slice(-expected.length),
      ).toBe(expected);
    },
  );

  it('is unknown where lines came that can’t be read, whatever else came', () => {
    const line = { blob: 'b', offset: 0, length: 9, reason: 'not JSON', text: '{"time":' };
    const at = (table: string, registry: string, time: string): UnreadableLine => ({
      ...line,
      about: { table, registry, time },
    });
    const all = answer(...[0, 1, 2, 3, 4, 5, 6, 7].map((hour): [number, number] => [hour, 1]));
    const answers = new Map([['ContainerRegistryLoginEvents', all]]);
    const coverage = said(
      assessCoverage(period, ['contoso'], answers, NOTHING_ELSE, [
        at('ContainerRegistryRepositoryEvents', 'contoso', '2026-03-01T02:00:00.000Z'),
        at('ContainerRegistryRepositoryEvents', 'contoso', '2026-03-01T02:30:00.000Z'),
        at('ContainerRegistryRepositoryEvents', 'fabrikam', '2026-03-01T03:00:00.000Z'),
        at('ContainerRegistryRepositoryEvents', 'contoso', '2026-03-01T08:00:00.000Z'),
        line,
      ]),
    );
    const { hours } = coverage.registries[0]!;
    expect(hours.map(({ state }) => state[0]).join('')).toBe('ccuccccc');
    expect(hours[2]).toMatchObject({ records: 1, unreadable: 2 });
    expect(coverage.complete).toBe(false);
    expect(coverage.verdict).toContain(
      'For 7 of 8 registry-hours, yes. 1 is unknown: log lines came that can’t be read (contoso).',
    );
  });

  it('leaves lines of no one registry to their table, which then answers for nothing', () => {
    const about = { table: 'AzureActivity', time: '2026-03-01T02:00:00.000Z' };
    const line = { blob: 'b', offset: 0, length: 9, reason: 'not JSON', text: '', about };
    const all = answer(...[0, 1, 2, 3, 4, 5, 6, 7].map((hour): [number, number] => [hour, 1]));
    const answers = new Map([
      ['ContainerRegistryLoginEvents', all],
      ['AzureActivity', all],
    ]);
    const coverage = said(assessCoverage(period, ['contoso'], answers, NOTHING_ELSE, [line]));
    expect(coverage.complete).toBe(false);
    expect(coverage.tables).toMatchObject([{}, { table: 'AzureActivity', unreadable: 1 }]);
    expect(coverage.verdict).toContain('With lines that can’t be read: AzureActivity.');
  });

  it('is unknown where nothing at all came', () => {
    expect(states({})).toBe('uuuuuuuu');
  });
});

describe('the verdict', () => {
  it('says yes only when every hour is accounted for', () => {
    const all = answer(...[0, 1, 2, 3, 4, 5, 6, 7].map((hour): [number, number] => [hour, 1]));
    const coverage = assess({ logins: all, events: all, metrics: all });
    expect(coverage.complete).toBe(true);
    expect(coverage.verdict).toBe(
      'Yes: records came in every one of the 8 registry-hours. Not asked directly: the list of registries, diagnostic settings, the platform’s metrics, canary logins. What the platform counted comes from AzureMetrics records.',
    );
  });

  it('names gaps and unknown hours', () => {
    const coverage = assess({ events: answer([0, 1]), metrics: answer([1, 1, 9]) });
    expect(coverage.complete).toBe(false);
    expect(coverage.verdict).toContain('For 1 of 8 registry-hours, yes.');
    expect(coverage.verdict).toContain('1 is a gap');
    expect(coverage.verdict).toContain('6 are unknown');
  });

  it('cannot tell when no registry is named', () => {
    expect(said(assessCoverage(period, [], new Map(), NOTHING_ELSE)).verdict).toContain(
      'Could not tell',
    );
  });
});

describe('a table', () => {
  it('is missing when no record of its kind ever arrived', () => {
    expect(assess({ logins: missing }).tables[0]).toMatchObject({ state: 'missing' });
  });

  it('is silent without records, and quiet when the metrics prove it', () => {
    const zeros = answer(...[0, 2, 4, 6, 7].map((hour): [number, number, number] => [hour, 1, 0]));
    expect(assess({}).tables[1]).toMatchObject({ state: 'silent', records: 0 });
    expect(assess({ metrics: zeros }).tables[1]).toMatchObject({ state: 'quiet' });
  });

  it('tells how far back its records go', () => {
    const table = assess({ events: answer([-1, 40], [0, 2]) }).tables[1];
    expect(table).toMatchObject({ records: 2, earliest: '2026-02-20T00:00:00.000Z' });
  });
});

it('finds the registries that answers name, also in the look-back', () => {
  const answers = new Map([['ContainerRegistryLoginEvents', answer([-1, 1])]]);
  expect(registriesInAnswers(answers)).toEqual(['contoso']);
});
