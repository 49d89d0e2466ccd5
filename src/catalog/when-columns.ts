import type { WhenColumns } from '../core/definitions';
import type { Problem } from '../core/errors';
import { nearestName } from '../kql/similar';
import type { AuditFile } from './schemas';
import type { YamlFile } from './yaml-file';

/** The columns of `when`, which may be written as one name or as a list. */
export function whenOf(when: NonNullable<AuditFile['when']>): WhenColumns {
  return typeof when === 'string' ? [when] : when;
}

/** `when` names declared datetimes. One problem is added per mistake. */
export function checkWhen(value: AuditFile, file: YamlFile, problems: Problem[]): void {
  if (value.when === undefined) return;
  const place = { where: file.where, ...file.placeOf(['when']) };
  for (const name of whenOf(value.when)) {
    const type = value.columns[name];
    if (type === undefined) {
      const meant = nearestName(name, Object.keys(value.columns));
      problems.push({
        ...place,
        message: `'when' names '${name}', which is no column of this audit.`,
        remedy: meant === undefined ? 'Declare it under columns.' : `Did you mean '${meant}'?`,
      });
    } else if (type !== 'datetime') {
      problems.push({
        ...place,
        message: `Expected a column of datetime in 'when', came '${name}' of ${type}.`,
        remedy: 'Name a datetime, or leave it out: the first datetime is taken.',
      });
    }
  }
}
