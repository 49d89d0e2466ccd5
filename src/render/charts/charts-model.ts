import type { Language } from '../../core/language';
import { formatNumber, phrase, say } from '../../core/language';
import type { Report } from '../../core/report';
import type { LongTable } from '../long-table';
import { visible } from '../visible';
import type { ChartData } from './chart';
import { chartData, isDrawnWhole } from './chart-data';
import type { ChartMarks } from './chart-marks';
import { chartMarks } from './chart-marks';
import {
  axisTitle,
  chartDescription,
  chartSentence,
  chartTitle,
  numbersHeading,
} from './chart-words';

export interface ChartModel {
  /** Of the chart and, after `numbers-`, of the table of its numbers. */
  readonly id: string;
  readonly title: string;
  /** The title, made unique where two charts share it: each table of numbers is a landmark. */
  readonly label: string;
  /** What the drawing shows, in words. */
  readonly description: string;
  readonly viewBox: string;
  readonly marks: ChartMarks;
  /** Empty when there is one series: its name is the title. */
  readonly legend: readonly { readonly style: string; readonly name: string }[];
  readonly columns: readonly { readonly name: string; readonly style: string }[];
  readonly numbers: LongTable;
  /** The id of the audit whose whole answer the numbers are; empty when they are a part or a sum. */
  readonly wholeAnswer: string;
}

export interface ChartsModel {
  readonly charts: readonly ChartModel[];
  /** What is said in a sentence, because a drawing would show nothing more. */
  readonly sentences: readonly string[];
  /** Said when there is no chart and no sentence; else empty. */
  readonly nothing: string;
}

/** Every chart that the report's audits ask for, in their order. */
export function chartsModel(report: Report, language: Language): ChartsModel {
  const charts: Omit<ChartModel, 'label'>[] = [];
  const sentences: string[] = [];
  for (const audit of report.audits) {
    for (const [index, chart] of (audit.charts ?? []).entries()) {
      if (audit.execution.answer === 'failed') continue;
      const data = chartData(chart, audit, report, language);
      const id = `${visible(audit.id, 80)}-${String(index + 1)}`;
      const wholeAnswer = isDrawnWhole(chart, audit, report) ? visible(audit.id, 80) : '';
      if (isWorthDrawing(data)) charts.push({ ...chartModel(id, data, language), wholeAnswer });
      else sentences.push(say(chartSentence(data), language));
    }
  }
  const nothing =
    charts.length + sentences.length === 0 ? say(phrase('chart.nothing'), language) : '';
  return {
    charts: charts.map((chart) => ({ ...chart, label: labelOf(chart, charts) })),
    sentences,
    nothing,
  };
}

/** One column, or none, is said faster than drawn. */
function isWorthDrawing(data: ChartData): boolean {
  const filled = data.categories.filter((_, index) =>
    data.series.some(({ values }) => (values[index] ?? 0) > 0),
  );
  return filled.length > 1;
}

function labelOf(
  { id, title }: Omit<ChartModel, 'label'>,
  all: readonly Omit<ChartModel, 'label'>[],
): string {
  return all.some((other) => other.id !== id && other.title === title) ? `${title}, ${id}` : title;
}

function chartModel(
  id: string,
  data: ChartData,
  language: Language,
): Omit<ChartModel, 'label' | 'wholeAnswer'> {
  const marks = chartMarks(data, say(axisTitle(data), language));
  // What has nothing in the drawing needs no colour beside it.
  const legend = data.series.flatMap(({ name, values }, index) =>
    values.some((value) => value > 0) ? { style: `s${String(index + 1)}`, name } : [],
  );
  return {
    id,
    title: say(chartTitle(data), language),
    description: say(chartDescription(data), language),
    viewBox: `0 0 ${String(marks.width)} ${String(marks.height)}`,
    marks,
    legend: data.series.length > 1 ? legend : [],
    columns: [
      { name: say(numbersHeading(data), language), style: 'text' },
      ...data.series.map(({ name }) => ({ name, style: 'number' })),
    ],
    numbers: {
      count: data.categories.length,
      *rows() {
        for (const [index, { label }] of data.categories.entries()) {
          yield [label, ...data.series.map(({ values }) => formatNumber(values[index] ?? 0))];
        }
      },
    },
  };
}
