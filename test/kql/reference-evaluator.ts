/**
 * The plainest possible meaning of a few operators, over rows in memory. It shares nothing with the engine:
 * where both agree on random tables, a mistake would have to be made twice.
 */
export type Value = string | number | null;
export type Rows = readonly Readonly<Record<string, Value>>[];

/** One operator: its KQL and what it does. */
export interface Step {
  readonly kql: string;
  readonly apply: (rows: Rows) => Rows;
}

const isNumber = (value: Value | undefined): value is number => typeof value === 'number';

/** `where N > 2`: a comparison with null is not true. */
export function whereNumber(column: string, operator: '<' | '<=' | '>' | '>=', than: number): Step {
  const holds = { '<': -1, '<=': -1, '>': 1, '>=': 1 }[operator];
  const equal = operator.endsWith('=');
  return {
    kql: `where ${column} ${operator} ${than}`,
    apply: (rows) =>
      rows.filter(({ [column]: value }) => {
        if (!isNumber(value)) return false;
        return Math.sign(value - than) === holds || (equal && value === than);
      }),
  };
}

/** `where S == 'a'`, `where S != 'a'`: a string is never null. */
export function whereText(column: string, operator: '==' | '!=' | '=~', than: string): Step {
  const fold = (text: string): string => (operator === '=~' ? text.toLowerCase() : text);
  return {
    kql: `where ${column} ${operator} '${than}'`,
    apply: (rows) =>
      rows.filter(
        ({ [column]: value }) => (fold(String(value)) === fold(than)) !== (operator === '!='),
      ),
  };
}

/** `where isnull(N)` */
export function whereNull(column: string): Step {
  return {
    kql: `where isnull(${column})`,
    apply: (rows) => rows.filter(({ [column]: value }) => value === null),
  };
}

/** `extend X = A + B`: null with anything is null. */
export function extendArithmetic(
  name: string,
  a: string,
  operator: '+' | '-' | '*',
  b: string,
): Step {
  const calculate = {
    '+': (x: number, y: number): number => x + y,
    '-': (x: number, y: number): number => x - y,
    '*': (x: number, y: number): number => x * y,
  }[operator];
  return {
    kql: `extend ${name} = ${a} ${operator} ${b}`,
    apply: (rows) =>
      rows.map((row) => {
        const [x, y] = [row[a], row[b]];
        return { ...row, [name]: isNumber(x) && isNumber(y) ? calculate(x, y) : null };
      }),
  };
}

/** `extend X = iff(A > B, A, B)`: a condition that is null is not true. */
export function extendGreater(name: string, a: string, b: string): Step {
  return {
    kql: `extend ${name} = iff(${a} > ${b}, ${a}, ${b})`,
    apply: (rows) =>
      rows.map((row) => {
        const [x = null, y = null] = [row[a], row[b]];
        return { ...row, [name]: isNumber(x) && isNumber(y) && x > y ? x : y };
      }),
  };
}

/** `project A, B` */
export function project(...columns: readonly string[]): Step {
  return {
    kql: `project ${columns.join(', ')}`,
    apply: (rows) =>
      rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null]))),
  };
}

/** `summarize Rows = count(), Sum = sum(N), Least = min(N), Most = max(N) by S` */
export function summarize(number: string, by: readonly string[]): Step {
  const grouped = by.length === 0 ? '' : ` by ${by.join(', ')}`;
  return {
    kql: `summarize Rows = count(), Sum = sum(${number}), Least = min(${number}), Most = max(${number})${grouped}`,
    apply: (rows) => {
      const groups = new Map<string, Rows[number][]>();
      if (by.length === 0) groups.set('', []);
      for (const row of rows) {
        const key = by.length === 0 ? '' : JSON.stringify(by.map((name) => row[name]));
        groups.set(key, [...(groups.get(key) ?? []), row]);
      }
      return [...groups.values()].map((group) => {
        const numbers = group.map((row) => row[number]).filter(isNumber);
        return {
          ...Object.fromEntries(by.map((name) => [name, group[0]?.[name] ?? null])),
          Rows: group.length,
          Sum: numbers.reduce((sum, value) => sum + value, 0),
          Least: numbers.length === 0 ? null : Math.min(...numbers),
          Most: numbers.length === 0 ? null : Math.max(...numbers),
        };
      });
    },
  };
}

/** Every kind of join but innerunique. */
export const JOIN_KINDS = [
  'inner',
  'leftouter',
  'rightouter',
  'fullouter',
  'leftsemi',
  'leftanti',
  'rightsemi',
  'rightanti',
] as const;

/** A pair of columns that must be equal; two nulls are. */
export interface JoinKey {
  readonly left: string;
  readonly right: string;
}

/** `join kind=… (Right) on $left.a == $right.b`; the right side's S comes along as S1. */
export function join(
  kind: (typeof JOIN_KINDS)[number],
  table: string,
  right: Rows,
  key: JoinKey,
): Step {
  const fits = (row: Rows[number], other: Rows[number]): boolean =>
    row[key.left] === other[key.right];
  const renamed = (other: Rows[number]): Rows[number] => ({
    S1: other['S'] ?? '',
    R: other['R'] ?? null,
  });
  const nothing: Rows[number] = { S: '', N: null, M: null, S1: '', R: null };
  return {
    kql: `join kind=${kind} (${table}) on $left.${key.left} == $right.${key.right}`,
    apply: (rows) => {
      const matched = rows.filter((row) => right.some((other) => fits(row, other)));
      const unmatched = rows.filter((row) => !matched.includes(row));
      const others = right.filter((other) => rows.some((row) => fits(row, other)));
      const lonely = right.filter((other) => !others.includes(other));
      if (kind === 'leftsemi') return matched;
      if (kind === 'leftanti') return unmatched;
      if (kind === 'rightsemi') return others;
      if (kind === 'rightanti') return lonely;
      const pairs = rows.flatMap((row) =>
        right.filter((other) => fits(row, other)).map((other) => ({ ...row, ...renamed(other) })),
      );
      const left = unmatched.map((row) => ({ ...nothing, ...row }));
      const extra = lonely.map((other) => ({ ...nothing, ...renamed(other) }));
      return [
        ...pairs,
        ...(kind === 'leftouter' || kind === 'fullouter' ? left : []),
        ...(kind === 'rightouter' || kind === 'fullouter' ? extra : []),
      ];
    },
  };
}

/** `join kind=innerunique`, of which only the key is kept of the left row, because any row may be taken. */
export function joinUnique(table: string, right: Rows): Step {
  return {
    kql: `join kind=innerunique (${table}) on S | project S, S1, R`,
    apply: (rows) => {
      const keys = [...new Set(rows.map(({ S }) => S))];
      return keys.flatMap((S = '') =>
        right.filter((other) => other['S'] === S).map(({ R = null }) => ({ S, S1: S, R })),
      );
    },
  };
}
