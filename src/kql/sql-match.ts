import type { Relation } from './ir';
import { fieldSql } from './sql-text';
import { refuseAtRunTime, sqlText } from './sql-text';

/** SQL of the columns of a match: those that find, and above them those that take the finding apart. */
export function matchColumns(
  relation: Relation & { kind: 'match' },
  text: string,
  groups: string,
): { readonly below: readonly string[]; readonly above: readonly string[] } {
  const { pattern, other } = relation;
  const [matched, ...captures] = relation.captures;
  const flag = fieldSql(matched?.id ?? -1);
  const names = captures.map((_, i) => `'g${i}'`).join(', ');
  const found = (regex: string): string => `regexp_extract(${text}, ${sqlText(regex)}, [${names}])`;
  const refusal = refuseAtRunTime('parse of a text that the pattern fits in several ways');
  const extracted =
    other === undefined
      ? found(pattern)
      : `CASE WHEN ${found(pattern)} IS DISTINCT FROM ${found(other)} THEN ${refusal} ELSE ${found(pattern)} END`;
  return {
    below: [`regexp_matches(${text}, ${sqlText(pattern)}) AS ${flag}`, `${extracted} AS ${groups}`],
    above: [
      flag,
      ...captures.map((field, i) => `coalesce(${groups}.g${i}, '') AS ${fieldSql(field.id)}`),
    ],
  };
}
