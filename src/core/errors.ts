/** Every way in which the program itself cannot go on. `docs/reference/errors.md` explains each. */
export type ErrorCode =
  | 'SETTINGS_INVALID'
  | 'CATALOG_INVALID'
  | 'ARGUMENT_INVALID'
  | 'QUERY_INVALID'
  | 'QUERY_UNSUPPORTED'
  | 'LOGS_UNREACHABLE'
  | 'ARCHIVE_UNREACHABLE'
  | 'ARCHIVE_CONFLICT'
  | 'ARCHIVE_DAMAGED'
  | 'SCHEDULE_CHANGED'
  | 'SIGNING_KEY_INVALID'
  | 'MAIL_FAILED'
  | 'RUNS_FAILED'
  | 'OUTPUT_EXISTS';

/** One thing wrong with what the user gave: where, what was expected, what came and what to do. */
export interface Problem {
  /** A file's path, a setting's name or an argument's name, as the user wrote it. */
  readonly where: string;
  /** 1-based, where known. */
  readonly line?: number;
  /** 1-based, where known. */
  readonly column?: number;
  /** A sentence: what was expected and what came. */
  readonly message: string;
  /** A sentence: what to do about it. */
  readonly remedy?: string;
}

export interface ErrorDetails {
  readonly hint?: string;
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

/** The program cannot go on. Mistakes in the code stay ordinary errors. */
export class TallymanError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'TallymanError';
    this.code = code;
    this.hint = details.hint;
    this.problems = details.problems ?? [];
  }
}

/** `path:line:column: message To do: remedy`, leaving out what is not known. */
export function formatProblem(problem: Problem): string {
  const place = [problem.where, problem.line, problem.column]
    .filter((part) => part !== undefined)
    .join(':');
  const remedy = problem.remedy === undefined ? '' : ` ${problem.remedy}`;
  return `${place}: ${problem.message}${remedy}`;
}
