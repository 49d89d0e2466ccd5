import { refusalText } from './sql-text';

/** The error by which a native function ends the query with KQL_UNSUPPORTED; `what` is as in messages. */
export function nativeRefusal(what: string): Error {
  return new Error(refusalText(what));
}
