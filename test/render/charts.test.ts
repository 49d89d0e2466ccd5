import { chartData } from '../../src/render/charts/chart-data';
import { chartMarks } from '../../src/render/charts/chart-marks';
import { chartsModel } from '../../src/render/charts/charts-model';
import type { ChartDefinition } from '../../src/core/definitions';
import type { Cell } from '../../src/core/table';
import type { Report } from '../../src/core/report';
import {
  auditResult,
  hostileReport,
  periodOf,
  reportOf,
  sampleReport,
  tableOf,
} from '../support/reports';
import { ENGLISH } from '../support/languages';

const DAY = periodOf('day', '2026-11-21');

function reportDrawing(
  chart: ChartDefinition,
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
  period = DAY,
): Report {
  const table = tableOf(headings, rows);
  const audit = { id: 'drawn', title: 'Drawn', expect: 'any' as const, table, charts: [chart] };
  return reportOf([auditResult(audit, period)], { period });
}

function dataOf(report: Report): ReturnType<typeof chartData> {
  const [audit] = report.audits;
  return chartData(audit!.charts![0]!, audit!, report, ENGLISH);
}

const TIMELINE = {
  kind: 'timeline',
  title: 'Events',
  along: 'Hour',
  values: ['N'],
  split: 'Actor',
} as const;
const HOURLY = ['Hour:datetime', 'Actor', 'N:long'];
const at = (hour: number): string =>
  new Date(Date.parse(DAY.start) + hour * 3_600_000).toISOString();

describe('a timeline', () => {
  it('has every hour of the day, also those without a row, and loses no number', () => {
    const rows = [0, 5, 5, 23].map((hour, index): Cell[] => [
      at(hour),
      index % 2 === 0 ? 'person' : 'scanner',
      10 + index,
    ]);
    const data = dataOf(reportDrawing(TIMELINE, HOURLY, rows));
    expect(data.categories.map(({ label }) => label)).toEqual(
      Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`),
    );
    expect(data.series.map(({ name, values }) => [name, values[0], values[5], values[23]])).toEqual(
      [
        ['person', 10, 12, 0],
        ['scanner', 0, 11, 13],
      ],
    );
  });

  it('marks the hours in which records may be missing, and says so in words', () => {
    const report = reportDrawing(TIMELINE, HOURLY, [
      [at(0), 'person', 1],
      [at(1), 'person', 2],
    ]);
    const doubtful = dataOf(report).categories.flatMap((category, hour) =>
      category.doubtful ? [hour] : [],
    );
    expect(doubtful).toEqual([3, 4]);
    const [chart] = chartsModel(report, ENGLISH).charts;
    expect(chart?.marks.labels.filter(({ text }) => text === '?')).toHaveLength(2);
    expect(chart?.description).toContain('2 of 24 hours are marked “?”');
  });

  it('of a week is by days, whatever the clock does', () => {
    const period = periodOf('week', '2026-W13', 'Europe/Berlin');
    const rows = [
      ['2026-03-28T23:30:00Z', 'person', 4],
      ['2026-03-29T21:30:00Z', 'person', 5],
    ];
    const data = dataOf(reportDrawing(TIMELINE, HOURLY, rows, period));
    expect(data.categories.map(({ label }) => label).slice(-2)).toEqual([
      'Sat 28 Mar',
      'Sun 29 Mar',
    ]);
    expect(data.series[0]?.values).toEqual([0, 0, 0, 0, 0, 0, 9]);
  });

  it('shows unknown actors first, and sums what has no colour of its own', () => {
    const kinds = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'unknown'];
    const rows = kinds.map((kind, index): Cell[] => [at(1), kind, 100 - index]);
    const { series } = dataOf(reportDrawing(TIMELINE, HOURLY, rows));
    expect(series.map(({ name }) => name)).toEqual([
      'unknown',
      'a',
      'b',
      'c',
      'd',
      'e',
      'all others',
    ]);
    expect(series.at(-1)?.values[1]).toBe(95 + 94 + 93);
  });

  it('says what its axis counts, and names no series that is not drawn', () => {
    const chart = { kind: 'timeline', title: 'Failures', along: 'Hour', values: ['None', 'Some'] };
    const rows = [3, 4].map((hour): Cell[] => [at(hour), 0, hour]);
    const headings = ['Hour:datetime', 'None:long', 'Some:long'];
    const drawn = reportDrawing(chart as ChartDefinition, headings, rows);
    const [model] = chartsModel(drawn, ENGLISH).charts;
    expect(model?.marks.labels.map(({ text }) => text)).toContain('number per hour');
    expect(model?.legend).toEqual([{ style: 's2', name: 'Some' }]);
    const [column] = model?.marks.rectangles ?? [];
    const tick = model?.marks.labels.find(({ text }) => text === '03');
    expect((column?.x ?? 0) + (column?.width ?? 0) / 2).toBeCloseTo(tick?.x ?? 0, 0);
    expect(model?.columns.map(({ name }) => name)).toEqual(['Hour', 'None', 'Some']);
  });

  it('stands in proportion to its numbers', () => {
    const rows = [
      [at(0), 'person', 30],
      [at(0), 'scanner', 60],
      [at(1), 'person', 15],
    ];
    const { rectangles } = chartMarks(dataOf(reportDrawing(TIMELINE, HOURLY, rows)));
    expect(rectangles.map(({ style }) => style)).toEqual(['s1', 's1', 's2']);
    const [thirty, fifteen, sixty] = rectangles.map(({ height }) => height);
    expect(thirty! / fifteen!).toBeCloseTo(2, 1);
    expect(sixty! / fifteen!).toBeCloseTo(4, 1);
    const scanner = rectangles[2]!;
    expect(scanner.y + scanner.height).toBeCloseTo(rectangles[0]!.y, 1);
  });
});

describe('a ranking', () => {
  const RANKING = { kind: 'ranking', title: 'Busiest', along: 'Name', values: ['A', 'B'] } as const;
  const rows = Array.from({ length: 14 }, (_, index): Cell[] => [`n${String(index)}`, index, 1]);
  const report = reportDrawing(RANKING, ['Name', 'A:long', 'B:long'], rows);

  it('has the ten greatest and says what the rest comes to', () => {
    const data = dataOf(report);
    expect(data.categories.map(({ label }) => label)).toEqual(
      Array.from({ length: 10 }, (_, index) => `n${String(13 - index)}`),
    );
    expect(data.left).toEqual({ count: 4, sum: 1 + 2 + 3 + 4 });
    expect(chartsModel(report, ENGLISH).charts[0]?.description).toBe(
      'Greatest: n13 14, n12 13, n11 12. 4 more, not drawn, come to 10.',
    );
  });

  it('has room for a GUID, in letters as wide as a browser has them', () => {
    const guid = '677e13d6-7294-4b15-932b-baea38ec36c0';
    const chart = { kind: 'ranking', title: 'Busiest', along: 'Who', values: ['N'] } as const;
    const drawn = reportDrawing(
      chart,
      ['Who', 'N:long'],
      [
        [guid, 2],
        ['b', 1],
      ],
    );
    const name = chartMarks(dataOf(drawn)).labels.find(({ text }) => text === guid);
    // DejaVu Sans, among the widest, takes 6.6 units for a digit of a label.
    expect(name?.x).toBeGreaterThan(guid.length * 6.6);
  });

  it('gives the numbers as a table, too', () => {
    const [chart] = chartsModel(report, ENGLISH).charts;
    expect(chart?.columns.map(({ name }) => name)).toEqual(['Name', 'A', 'B']);
    expect([...chart!.numbers.rows()].slice(0, 2)).toEqual([
      ['n13', '13', '1'],
      ['n12', '12', '1'],
    ]);
  });
});

describe('a drawing that would show nothing', () => {
  it.each<[string, readonly Cell[][], string]>([
    ['no number', [[at(2), 'person', 0]], 'Events: none.'],
    ['one number', [[at(2), 'person', 3]], 'Events: 3, all at 02:00.'],
  ])('of %s is a sentence', (_, rows, sentence) => {
    const { charts, sentences } = chartsModel(reportDrawing(TIMELINE, HOURLY, rows), ENGLISH);
    expect(charts).toEqual([]);
    expect(sentences).toEqual([sentence]);
  });

  it('of a week tells the day', () => {
    const week = periodOf('week', '2026-W47');
    const report = reportDrawing(TIMELINE, HOURLY, [[at(2), 'person', 3]], week);
    expect(chartsModel(report, ENGLISH).sentences).toEqual(['Events: 3, all on Sat 21 Nov.']);
  });

  it('of an answer that failed is left out, and the report says that nothing is drawn', () => {
    const report = sampleReport();
    const audits = report.audits.map((audit) => ({
      ...audit,
      execution: { ...audit.execution, answer: 'failed' as const },
    }));
    expect(chartsModel({ ...report, audits }, ENGLISH)).toMatchObject({
      charts: [],
      sentences: [],
    });
    expect(chartsModel({ ...report, audits }, ENGLISH).nothing).not.toBe('');
  });
});

it('places marks that are numbers, inside the drawing, whatever a log says', () => {
  for (const report of [sampleReport(), hostileReport()]) {
    const { charts } = chartsModel(report, ENGLISH);
    expect(charts.length).toBeGreaterThan(0);
    for (const { marks } of charts) {
      expect(marks.rectangles.length).toBeGreaterThan(1);
      for (const { x, y, width, height } of marks.rectangles) {
        expect([x, y, width, height].every((value) => Number.isFinite(value) && value >= 0)).toBe(
          true,
        );
        expect(x + width).toBeLessThanOrEqual(marks.width);
        expect(y + height).toBeLessThanOrEqual(marks.height);
      }
      for (const { text } of marks.labels) expect(text.length).toBeLessThanOrEqual(40);
    }
  }
});
