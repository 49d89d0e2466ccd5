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

/** `join kind=… (R) on S`: the right side's key comes along as S1. */
export function join(
  kind: 'inner' | 'leftouter' | 'leftanti' | 'leftsemi',
  table: string,
  right: Rows,
  on: string,
): Step {
  const matches = (row: Rows[number]): Rows => right.filter((other) => other[on] === row[on]);
  const prefixed = (other: Rows[number]): Rows[number] =>
    Object.fromEntries(
      Object.entries(other).map(([name, value]) => [name === on ? `${on}1` : name, value]),
    );
  const padding: Rows[number] = { [`${on}1`]: '', R: null };
  return {
    kql: `join kind=${kind} (${table}) on ${on}`,
    apply: (rows) => {
      if (kind === 'leftsemi') return rows.filter((row) => matches(row).length > 0);
      if (kind === 'leftanti') return rows.filter((row) => matches(row).length === 0);
      return rows.flatMap((row) => {
        const found = matches(row).map((other) => ({ ...row, ...prefixed(other) }));
        return found.length === 0 && kind === 'leftouter' ? [{ ...row, ...padding }] : found;
      });
    },
  };
}
