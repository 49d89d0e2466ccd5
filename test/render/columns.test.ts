import { columnWidths } from '../../src/render/pdf/columns';

/** A column of a heading and one value that breaks nowhere. */
function column(heading: number, value: number): { word: number; lines: number[] } {
  return { word: Math.max(heading, value), lines: [heading, value] };
}

it('gives what is left to the columns whose line is still broken', () => {
  const short = column(30, 40);
  const { widths } = columnWidths([short, column(40, 400), short, column(50, 150)], 500);
  const [first = 0, long = 0, third = 0, middle = 0] = widths;
  expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(500);
  expect(first).toBeCloseTo(third);
  // Short values take what they need, and what is wider than a few words takes the rest.
  expect(first).toBeLessThan(60);
  expect(middle).toBeGreaterThanOrEqual(150);
  expect(long).toBeGreaterThan(200);
});
