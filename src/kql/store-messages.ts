import type { Column } from '../core/table';
import type { CompiledQuery } from './compile';
import { KqlError, type KqlErrorCode } from './errors';
import type { QueryLimits, StoreOptions } from './store';

/** What the process that holds a store can be asked to do. */
export type StoreCall =
  | { readonly name: 'open'; readonly options: StoreOptions; readonly resume: boolean }
  | { readonly name: 'execute'; readonly sql: string }
  | { readonly name: 'select'; readonly sql: string }
  | { readonly name: 'createTable'; readonly table: string; readonly columns: readonly Column[] }
  | {
      readonly name: 'answer';
      readonly query: CompiledQuery;
      readonly limits: Omit<QueryLimits, 'signal'>;
    }
  | { readonly name: 'abort'; readonly call: number };

/** A call with a number that its reply has too. */
export interface StoreRequest {
  readonly id: number;
  readonly call: StoreCall;
}

/** The value is what TableStore's method of the call's name gives. */
export type StoreReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: StoreTrouble };

/** An error as it crosses from one process to the other. */
export interface StoreTrouble {
  readonly message: string;
  readonly code?: KqlErrorCode;
  readonly hint?: string;
}

/** An error as it crosses; of one that is no KqlError the message alone. */
export function toTrouble(error: unknown): StoreTrouble {
  if (!(error instanceof KqlError)) {
    return { message: error instanceof Error ? error.message : String(error) };
  }
  const { code, message, hint } = error;
  return { message, code, ...(hint === undefined ? {} : { hint }) };
}

/** The error that crossed. */
export function fromTrouble({ message, code, hint }: StoreTrouble): Error {
  return code === undefined ? new Error(message) : new KqlError(code, message, undefined, hint);
}
