import { KqlError } from './errors';
import { REMEDIES } from './unknown-columns';

/** A column's name between brackets, whatever signs it has. */
export function columnName(name: string, plugin: keyof typeof REMEDIES): string {
  return `[${textLiteral(name, plugin)}]`;
}

/** A text of the data as a literal of the query. */
export function textLiteral(value: string, plugin: keyof typeof REMEDIES): string {
  if (value === '' || /["'\\\p{Cc}]/u.test(value)) {
    throw new KqlError(
      'KQL_UNSUPPORTED',
      `'${plugin}' of a name that is empty or has quotes is not supported offline`,
      undefined,
      REMEDIES[plugin],
    );
  }
  return `'${value}'`;
}
