import type { Problem } from '../core/errors';
import type { KustoType } from '../core/table';
import { nearestName } from '../kql/similar';
import type { AuditFile } from './schemas';
import type { YamlFile } from './yaml-file';

const NUMBERS: readonly KustoType[] = ['int', 'long', 'real', 'decimal'];

/** A chart names declared columns, and draws columns of numbers. One problem is added per mistake. */
export function checkCharts(value: AuditFile, file: YamlFile, problems: Problem[]): void {
  value.charts?.forEach((chart, i) => {
    const at = (path: readonly PropertyKey[]): Pick<Problem, 'where' | 'line' | 'column'> => ({
      where: file.where,
      ...file.placeOf(['charts', i, ...path]),
    });
    const check = (name: string, path: readonly PropertyKey[], number: boolean): void => {
      const type = value.columns[name];
      if (type === undefined) {
        const meant = nearestName(name, Object.keys(value.columns));
        problems.push({
          ...at(path),
          message: `The chart names '${name}', which is no column of this audit.`,
          remedy: meant === undefined ? 'Declare it under columns.' : `Did you mean '${meant}'?`,
        });
      } else if (number && !NUMBERS.includes(type)) {
        problems.push({
          ...at(path),
          message: `Expected a column of numbers, came '${name}' of ${type}.`,
          remedy: 'Draw a column of int, long, real or decimal.',
        });
      }
    };
    check(chart.along, ['along'], false);
    chart.values.forEach((name, j) => {
      check(name, ['values', j], true);
    });
    if (chart.split === undefined) return;
    check(chart.split, ['split'], false);
    if (chart.values.length > 1) {
      problems.push({
        ...at(['split']),
        message: 'Expected one column of values to divide, came several.',
        remedy: 'Take split away, or name one column.',
      });
    }
  });
}
