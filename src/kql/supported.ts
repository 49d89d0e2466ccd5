/** What the engine supports, read off the rules by which it translates. */
import { AGGREGATES, SEVERAL_COLUMNS } from './aggregates';
import { FUNCTIONS_OF_COLUMNS } from './lower-columns';
import { SUPPORTED_PLUGINS } from './lower-evaluate';
import { TABULAR_OPERATORS } from './lower-operators';
import { OPERATOR_RULES } from './functions-operators';
import { supportedFunctions } from './policy';

/** The names that a query may use, each list in order. */
export interface Supported {
  readonly tabular: readonly string[];
  /** Of `evaluate`. */
  readonly plugins: readonly string[];
  readonly aggregates: readonly string[];
  readonly operators: readonly string[];
  readonly functions: readonly string[];
}

/** Tabular expressions that begin a query or join others, which are lowered by themselves. */
const TABULAR_EXPRESSIONS: readonly string[] = [
  'AsOperator',
  'DataTableExpression',
  'InvokeOperator',
  'MaterializeExpression',
  'PrintOperator',
  'RangeOperator',
  'ToScalarExpression',
  'UnionOperator',
];

/** Rules of operators that other operators are written with. */
const INTERNAL_OPERATORS: readonly string[] = [
  'in table',
  'in~ table',
  'has_any table',
  'has_all table',
  'negate',
  'not',
];

/** Everything that is on the list. */
export function supported(): Supported {
  const operators = Object.keys(OPERATOR_RULES).filter(
    (name) => !INTERNAL_OPERATORS.includes(name),
  );
  return {
    tabular: [...TABULAR_OPERATORS, ...TABULAR_EXPRESSIONS].map(tabularName).sort(),
    plugins: SUPPORTED_PLUGINS,
    aggregates: [...Object.keys(AGGREGATES), ...SEVERAL_COLUMNS].sort(),
    operators: operators.sort(),
    functions: [...supportedFunctions(), ...FUNCTIONS_OF_COLUMNS].sort(),
  };
}

/** The keyword of a tabular operator's kind of node: `ProjectAwayOperator` → `project-away`. */
export function tabularName(kind: string): string {
  if (kind === 'FilterOperator') return 'where';
  const words = kind.replace(/(Operator|Expression)$/, '').match(/[A-Z][a-z]*/g) ?? [];
  const name = words.join('-').toLowerCase();
  return /^(data-table|get-schema|to-scalar)$/.test(name) ? name.replace('-', '') : name;
}
