import { neverNull } from './sql-text';
import { unsupported } from './context';
import { KqlError } from './errors';
import type { Expr, WindowCall } from './ir';
import { PHYSICAL_TYPES } from './physical-types';

/** SQL of a function that looks at other rows, over rows whose order the query defines. */
export function windowSql(
  call: WindowCall,
  rows: { readonly order: string | undefined; readonly serialized: boolean },
  write: (expr: Expr) => string,
): string {
  if (rows.order === undefined || !rows.serialized) {
    throw new KqlError(
      'KQL_SEMANTIC',
      `'${call.name}' needs rows in an order`,
      call.place,
      'Put sort before it.',
    );
  }
  const args = call.args.map(write);
  const groups = call.group.map(write).join(', ');
  const order = `${groups === '' ? '' : `PARTITION BY ${groups} `}ORDER BY ${rows.order}`;
  const [first = '', second = '1', third] = args;
  const soFar = `OVER (${order} ROWS UNBOUNDED PRECEDING)`;
  const change = `(row_number() OVER (${order}) = 1 OR ${first} IS DISTINCT FROM lag(${first}) OVER (${order}))`;
  switch (call.name) {
    case 'row_number':
      expect(call, call.args[0], ['long', 'int']);
      return `(row_number() OVER (${order}) + ${first === '' ? '1' : first} - 1)`;
    case 'row_cumsum':
      expect(call, call.args[0], ['long', 'int', 'real', 'timespan']);
      return `CAST(sum(${first}) ${soFar} AS ${PHYSICAL_TYPES[call.type]})`;
    case 'change row':
      expect(call, call.args[0], ['long', 'int', 'string', 'datetime', 'timespan']);
      return `CASE WHEN ${change} THEN row_number() OVER (${order}) END`;
    case 'count so far':
      return `count(${first}) ${soFar}`;
    case 'max so far':
      return `max(${first}) ${soFar}`;
    case 'true so far':
      return `count(CASE WHEN ${first} THEN 1 END) ${soFar}`;
    case 'row_window_session':
      throw unsupported(
        `'${call.name}' within an expression`,
        call.place,
        'Give it a column of its own.',
      );
    default:
      return neighbour(call, `OVER (${order})`, first, second, third);
  }
}

/** `prev` and `next`. */
function neighbour(
  call: WindowCall,
  over: string,
  value: string,
  offset: string,
  standIn: string | undefined,
): string {
  const [of, distance, other] = call.args;
  if (of === undefined) throw unsupported(`'${call.name}' without a value`, call.place);
  if (distance !== undefined && distance.kind !== 'literal') {
    throw unsupported(`'${call.name}' with an offset that is not constant`, call.place);
  }
  if (other !== undefined && other.type !== of.type) {
    throw unsupported(`'${call.name}' with a default of another type`, call.place);
  }
  const parts = [value, offset, ...(standIn === undefined ? [] : [standIn])];
  const sql = `${call.name === 'prev' ? 'lag' : 'lead'}(${parts.join(', ')}) ${over}`;
  return neverNull(sql, call.type);
}

function expect(
  call: WindowCall,
  arg: WindowCall['args'][number] | undefined,
  types: readonly string[],
): void {
  if (arg === undefined && call.name === 'row_number') return;
  if (arg !== undefined && types.includes(arg.type)) return;
  const what = call.name === 'change row' ? 'ranking by' : `'${call.name}' of`;
  throw unsupported(`${what} a ${arg?.type ?? 'missing value'}`, call.place);
}
