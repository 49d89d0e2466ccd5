import { exprSize, someExpr, type Expr, type Relation, type Share } from './ir';

const MOST_USES = 4;
const MOST_CALLS = 16;

/**
 * Whether rows that are used several times are best read again each time: they come straight from tables,
 * and each use reads only the columns and rows that it needs, where keeping the rows would copy all.
 */
export function isReadAgain(share: Share): boolean {
  if (share.uses > MOST_USES) return false;
  const size = sizeOf(share.relation);
  return size !== undefined && size <= MOST_CALLS;
}

/** How much there is to compute for rows that are filters and columns over tables; undefined for others. */
function sizeOf(relation: Relation): number | undefined {
  switch (relation.kind) {
    case 'table':
      return 0;
    case 'filter':
      return sum([sizeOf(relation.input), costOf(relation.condition)]);
    case 'project':
      return sum([sizeOf(relation.input), ...relation.items.map(({ value }) => costOf(value))]);
    case 'union':
      return sum([...relation.inputs.map(sizeOf), ...relation.values.flat().map(costOf)]);
    default:
      return undefined;
  }
}

function costOf(value: Expr): number | undefined {
  if (value.kind === 'field' || value.kind === 'literal') return 0;
  const looksElsewhere = (part: Expr): boolean => part.kind === 'scalar' || part.kind === 'window';
  return someExpr(value, looksElsewhere) ? undefined : exprSize(value);
}

function sum(costs: readonly (number | undefined)[]): number | undefined {
  let total = 0;
  for (const cost of costs) {
    if (cost === undefined) return undefined;
    total += cost;
  }
  return total;
}
