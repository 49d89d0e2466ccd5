import { unsupported, type Context } from './context';
import type { Assignment, Carried, Relation, WindowCall } from './ir';
import { fieldRef, literalNull, makeCall } from './make-expression';

const NOTHING = literalNull('datetime');

/** The call, when an item is one of `row_window_session` by itself. */
export function sessionCall({ value }: Assignment): WindowCall | undefined {
  return value.kind === 'window' && value.name === 'row_window_session' ? value : undefined;
}

/** Rows with a field more. */
export interface Session {
  readonly relation: Relation;
  readonly field: Carried['field'];
}

/**
 * `row_window_session(time, from the first, from the one before, restart)`: when the session that a row
 * belongs to began. The rows have the call's arguments, but for its constants, as fields.
 */
export function foldSession(context: Context, input: Relation, call: WindowCall): Session {
  const { place } = call;
  const [time, fromFirst, fromBefore, restart] = call.args;
  const spans = [fromFirst, fromBefore];
  const areConstant = spans.every((span) => span?.kind === 'literal' && span.type === 'timespan');
  if (time?.type !== 'datetime' || !areConstant || (restart && restart.type !== 'bool')) {
    throw unsupported(`'row_window_session' with these arguments`, place);
  }
  const before = context.field('before', 'datetime');
  const started = context.field('started', 'datetime');
  const args = [time, fieldRef(started), fieldRef(before), ...call.args.slice(1)];
  const carried: Carried[] = [
    {
      field: context.field('session', 'datetime'),
      before: started,
      initial: NOTHING,
      next: makeCall('session start', 'datetime', args, place),
      place,
    },
    { field: context.field('last', 'datetime'), before, initial: NOTHING, next: time, place },
  ];
  const fields = [...input.fields, ...carried.map(({ field }) => field)];
  const relation: Relation = { kind: 'fold', what: call.name, input, group: [], carried, fields };
  return { relation, field: carried[0]?.field ?? before };
}
