import { refusalText } from './sql-text';

/** The error by which a native function ends the query with KQL_UNSUPPORTED; `what` and `hint` are as in messages. */
export function nativeRefusal(what: string, hint = ''): Error {
  return new Error(refusalText(what, hint));
}
