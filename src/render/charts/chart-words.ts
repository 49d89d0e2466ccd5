import type { Text } from '../../core/language';
import { listed, phrase, sentences } from '../../core/language';
import type { ChartData } from './chart';

/** `Failures, by hour` */
export function chartTitle({ title, step }: ChartData): Text {
  return step === 'other' ? title : phrase(`chart.titleBy.${step}`, { title });
}

/** What the axis of a timeline counts. */
export function axisTitle({ kind, step }: ChartData): Text {
  return kind === 'ranking' || step === 'other' ? '' : phrase(`chart.axis.${step}`);
}

/** The heading of the first column of a chart's numbers. */
export function numbersHeading({ step }: ChartData): Text {
  return phrase(`chart.heading.${step}`);
}

/** What a chart shows, for who does not see it. */
export function chartDescription(data: ChartData): Text {
  return data.kind === 'ranking' ? rankingText(data) : timelineText(data);
}

/** The same where a drawing would show nothing more. */
export function chartSentence(data: ChartData): Text {
  const { title } = data;
  const total = sumOf(data.series.flatMap(({ values }) => values));
  if (total === 0) return phrase('chart.none', { title });
  const at = data.categories.findIndex((_, index) => totalAt(data, index) > 0);
  return phrase(`chart.allAt.${data.step}`, {
    title,
    total,
    where: data.categories[at]?.label ?? '',
  });
}

function timelineText(data: ChartData): Text {
  const parts = data.series.map(({ name, values }) =>
    phrase('chart.named', { name, number: sumOf(values) }),
  );
  const totals = data.categories.map((_, index) =>
    data.stacked ? totalAt(data, index) : Math.max(...data.series.map((s) => s.values[index] ?? 0)),
  );
  const most = Math.max(...totals);
  const doubtful = data.categories.filter((category) => category.doubtful).length;
  return sentences([
    phrase('chart.inAll', { parts: listed(parts) }),
    phrase(`chart.most.${data.step}`, {
      where: data.categories[totals.indexOf(most)]?.label ?? '',
      number: most,
    }),
    ...(doubtful > 0
      ? [phrase(`chart.doubtful.${data.step}`, { count: doubtful, total: totals.length })]
      : []),
  ]);
}

function rankingText(data: ChartData): Text {
  const shown = data.categories
    .slice(0, 3)
    .map(({ label }, index) =>
      phrase('chart.named', { name: label, number: totalAt(data, index) }),
    );
  const { count: more, sum } = data.left;
  return sentences([
    phrase('chart.greatest', { parts: listed(shown) }),
    ...(more > 0 ? [phrase('chart.notDrawn', { more, sum })] : []),
  ]);
}

function totalAt(data: ChartData, index: number): number {
  return sumOf(data.series.map(({ values }) => values[index] ?? 0));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
