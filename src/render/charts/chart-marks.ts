import { max, sum } from 'd3-array';
import { scaleBand, scaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import { formatNumber } from '../../core/language';
import type { ChartData } from './chart';

/** All in units of the drawing, from its top left corner; `y` of a text is its baseline. */
export interface Rectangle {
  readonly style: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Rule {
  readonly style: string;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export interface Label {
  readonly style: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly text: string;
}

/** What a chart is drawn of. Each writer draws the same few kinds of marks. */
export interface ChartMarks {
  readonly width: number;
  readonly height: number;
  readonly rules: readonly Rule[];
  readonly rectangles: readonly Rectangle[];
  readonly labels: readonly Label[];
}

const WIDTH = 640;
/** Above the columns stands what the axis counts. */
const TIMELINE = { height: 162, left: 40, right: 4, top: 20, bottom: 18 };
/** To the left of the bars a GUID has room in every browser’s own font. */
const RANKING = { row: 14, bar: 10, left: 252, right: 56 };

/** Letters of a ranking's label; those of East Asian scripts take the room of two. */
const LABEL_WIDTH = 36;

/** Places a chart's marks; `axis` says what a timeline's axis counts. The same numbers give the same marks. */
export function chartMarks(data: ChartData, axis = ''): ChartMarks {
  return data.kind === 'ranking' ? ranking(data) : timeline(data, axis);
}

function timeline(data: ChartData, axis: string): ChartMarks {
  const { height, left, right, top, bottom } = TIMELINE;
  const places = data.categories.map((_, index) => String(index));
  const x = scaleBand(places, [left, WIDTH - right]).padding(0.15);
  const totals = places.map((_, i) => data.series.map(({ values }) => values[i] ?? 0));
  const highest = max(totals, (values) => (data.stacked ? sum(values) : (max(values) ?? 0))) ?? 0;
  const y = scaleLinear([0, Math.max(highest, 1)], [height - bottom, top]).nice(4);
  const ticks = y.ticks(4).filter(Number.isInteger);
  const rules = ticks.map((value): Rule => {
    const at = rounded(y(value));
    return { style: value === 0 ? 'axis' : 'grid', x1: left, y1: at, x2: WIDTH - right, y2: at };
  });
  const labels = ticks.map((value): Label => ({
    style: 'tick',
    x: left - 5,
    y: rounded(y(value) + 3.5),
    anchor: 'end',
    text: formatNumber(value),
  }));
  if (axis !== '') labels.push({ style: 'tick', x: 0, y: 9, anchor: 'start', text: axis });
  data.categories.forEach(({ tick, doubtful }, index) => {
    const middle = rounded((x(String(index)) ?? 0) + x.bandwidth() / 2);
    if (tick !== '') {
      labels.push({ style: 'tick', x: middle, y: height - 5, anchor: 'middle', text: tick });
    }
    if (doubtful) {
      labels.push({ style: 'doubt', x: middle, y: top + 6, anchor: 'middle', text: '?' });
    }
  });
  const place = (index: number): number => x(String(index)) ?? 0;
  const rectangles = data.stacked
    ? stackedColumns(data, place, x.bandwidth(), y)
    : groupedColumns(data, place, x.bandwidth(), y);
  return { width: WIDTH, height, rules, rectangles, labels };
}

type Scale = (value: number) => number;

function stackedColumns(data: ChartData, x: Scale, width: number, y: Scale): Rectangle[] {
  const names = data.series.map((_, index) => String(index));
  const layers = stack<number, string>()
    .keys(names)
    .value((index, name) => data.series[Number(name)]?.values[index] ?? 0)(
    data.categories.map((_, index) => index),
  );
  return layers.flatMap((layer, series) =>
    layer.flatMap(([from, to], index) =>
      to > from ? [rectangle(series, x(index), y(to), width, y(from) - y(to))] : [],
    ),
  );
}

function groupedColumns(data: ChartData, x: Scale, band: number, y: Scale): Rectangle[] {
  // A series of nothing takes no room, so that the columns of the others stand over their hour.
  const drawn = data.series.flatMap(({ values }, series) =>
    values.some((value) => value > 0) ? [{ values, series }] : [],
  );
  const width = band / drawn.length;
  return drawn.flatMap(({ values, series }, place) =>
    values.flatMap((value, index) =>
      value > 0
        ? [rectangle(series, x(index) + place * width, y(value), width, y(0) - y(value))]
        : [],
    ),
  );
}

function ranking(data: ChartData): ChartMarks {
  const { row, bar, left, right } = RANKING;
  const totals = data.categories.map((_, index) =>
    sum(data.series, ({ values }) => values[index] ?? 0),
  );
  const x = scaleLinear([0, Math.max(max(totals) ?? 0, 1)], [left, WIDTH - right]);
  const rectangles: Rectangle[] = [];
  const labels: Label[] = [];
  data.categories.forEach(({ label }, index) => {
    const top = index * row + (row - bar) / 2;
    const baseline = rounded(top + bar - 2);
    let from = 0;
    data.series.forEach(({ values }, series) => {
      const value = values[index] ?? 0;
      if (value > 0)
        rectangles.push(rectangle(series, x(from), top, x(from + value) - x(from), bar));
      from += value;
    });
    labels.push(
      { style: 'name', x: left - 6, y: baseline, anchor: 'end', text: shortened(label) },
      {
        style: 'number',
        x: rounded(x(from) + 5),
        y: baseline,
        anchor: 'start',
        text: formatNumber(from),
      },
    );
  });
  return { width: WIDTH, height: data.categories.length * row + 2, rules: [], rectangles, labels };
}

function rectangle(series: number, x: number, y: number, width: number, height: number): Rectangle {
  return {
    style: `s${String(series + 1)}`,
    x: rounded(x),
    y: rounded(y),
    width: rounded(width),
    height: rounded(height),
  };
}

/** A label as long as there is room for; the table of numbers has it whole. */
function shortened(label: string): string {
  let room = LABEL_WIDTH;
  let shown = '';
  for (const { segment } of new Intl.Segmenter('en').segment(label)) {
    room -= (segment.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
    if (room < 0) return `${shown}…`;
    shown += segment;
  }
  return shown;
}

/** To a hundredth, so that drawings are short. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
