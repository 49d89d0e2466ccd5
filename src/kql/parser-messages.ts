import type { Instant } from '../core/period';
import type { Analysis } from './analysis';
import type { ColumnProbe } from './column-probe';
import type { CompiledQuery } from './compiled-query';
import { KqlError, type KqlErrorCode } from './errors';
import type { SchemaVersions } from './schema';

/** What the process that holds the parser can be asked; schemas cross as the text of schemaText. */
export type ParserCall =
  | {
      readonly name: 'translate';
      readonly text: string;
      readonly schema: string;
      readonly versions: SchemaVersions;
      readonly now: Instant;
    }
  | {
      readonly name: 'probe';
      readonly text: string;
      readonly schema: string;
      readonly now: Instant;
    }
  | {
      readonly name: 'analyze';
      readonly text: string;
      readonly schema: string;
      readonly versions: SchemaVersions;
    };

/** What each call gives: plain data, and nothing of the language service's own. */
export interface ParserAnswers {
  readonly translate: CompiledQuery;
  readonly probe: ColumnProbe | null;
  readonly analyze: Analysis;
}

/** The value is that of ParserAnswers for the call's name. */
export type ParserReply = { readonly value: unknown } | { readonly error: ParserTrouble };

/** An error as it crosses from one process to the other. */
export interface ParserTrouble {
  readonly code: KqlErrorCode;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly hint?: string;
}

/** A message of the language service can hold its whole source, which is one line of a megabyte. */
const LONGEST_MESSAGE = 300;

/** What goes wrong unforeseen is a mistake in this program, and is said to be one. */
export function toTrouble(error: unknown): ParserTrouble {
  if (error instanceof KqlError) {
    const { code, message, line, column, hint } = error;
    return JSON.parse(JSON.stringify({ code, message, line, column, hint })) as ParserTrouble;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: 'KQL_INTERNAL',
    message: `the engine failed at this query (${text.slice(0, LONGEST_MESSAGE)})`,
    hint: 'This is a mistake in the engine, not in the query; please report it.',
  };
}

/** The error that crossed. */
export function fromTrouble({ code, message, line, column, hint }: ParserTrouble): KqlError {
  const place = line === undefined || column === undefined ? undefined : { line, column };
  return new KqlError(code, message, place, hint);
}
