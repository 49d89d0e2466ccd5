import type { Relation } from './ir';
import { fieldSql } from './sql-text';
import { refuseAtRunTime, sqlText } from './sql-text';

/** Whole numbers as they may be written: whether `parse` reads hex or blanks after them is not known. */
export const WHOLE_IN_ANY_FORM = String.raw`'\s*([-+]?[0-9]+|0[xX][0-9a-fA-F]+)\s*'`;
/** Reals likewise, with exponents and words. */
export const REAL_IN_ANY_FORM = String.raw`'(?i)\s*[-+]?(0x[0-9a-f]+|([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?|inf(inity)?|nan)\s*'`;

/** SQL of the columns of a match: those that find, and above them those that take the finding apart. */
export function matchColumns(
  relation: Relation & { kind: 'match' },
  text: string,
  groups: string,
): { readonly below: readonly string[]; readonly above: readonly string[] } {
  const { pattern, other, numbers } = relation;
  const [matched, ...captures] = relation.captures;
  const flag = fieldSql(matched?.id ?? -1);
  const names = captures.map((_, i) => `'g${i}'`).join(', ');
  const found = (regex: string): string => `regexp_extract(${text}, ${sqlText(regex)}, [${names}])`;
  const refusal = refuseAtRunTime('parse of a text that the pattern fits in several ways');
  const matches = `regexp_matches(${text}, ${sqlText(pattern)})`;
  const differs = (reading: string): string => {
    const distinct = `${found(pattern)} IS DISTINCT FROM ${found(reading)}`;
    if (numbers.length === 0) return distinct;
    // Where the other reading finds what is no number, both blank the row.
    const areNumbers = numbers.map(
      ({ at, isReal }) =>
        `regexp_full_match(o.g${at}, ${isReal ? REAL_IN_ANY_FORM : WHOLE_IN_ANY_FORM})`,
    );
    const any = `list_transform([${found(reading)}], lambda o: ${areNumbers.join(' AND ')})[1]`;
    return `${distinct} AND (${matches} OR ${any})`;
  };
  const extracted =
    other === undefined
      ? found(pattern)
      : `CASE WHEN ${differs(other)} THEN ${refusal} ELSE ${found(pattern)} END`;
  return {
    below: [`${matches} AS ${flag}`, `${extracted} AS ${groups}`],
    above: [
      flag,
      ...captures.map((field, i) => `coalesce(${groups}.g${i}, '') AS ${fieldSql(field.id)}`),
    ],
  };
}
