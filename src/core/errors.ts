/** Every way in which the program itself cannot go on, and what it means. The reference page is made from this. */
export const ERRORS = {
  SETTINGS_INVALID:
    'Settings are missing or wrong. The problems name each one; correct them and start again.',
  CATALOG_INVALID:
    'Definitions under templates/ are wrong. Correct what the problems name; `tallyman check` shows them too.',
  ARGUMENT_INVALID: 'A command was asked wrongly. The hint says what it takes.',
  QUERY_INVALID: 'A query is not valid KQL for these tables. The message has the place.',
  QUERY_FAILED:
    'A query began and was not answered: it took too long, too much memory, or gave too many rows.',
  QUERY_UNSUPPORTED:
    'The embedded engine cannot answer the query as Azure would, and refuses to guess. Ask a workspace, or write it with what is supported.',
  LOGS_UNREACHABLE:
    'Nothing can be asked of the log source at all. Check its address, the network and the identity’s roles; the run is made later.',
  ARCHIVE_UNREACHABLE:
    'The archive can’t be read or written. Check its address, the disk or network, and the identity’s roles; nothing was sealed.',
  ARCHIVE_CONFLICT:
    'The archive holds a file that this program did not write where it wants to write. Find out who did before anything else.',
  ARCHIVE_DAMAGED:
    'What is in the archive is not what was sealed. Run `tallyman verify` and restore the files from a copy.',
  EVIDENCE_DESTROYED:
    'What is needed was destroyed under retention, as a signed entry says. Nothing is wrong with the archive.',
  REVIEW_OUTDATED:
    'A review is of something else than speaks for the period now, or somebody has reviewed it since. Read what is there now, and decide on that; nothing was sealed.',
  SIGNING_KEY_INVALID:
    'The signing key can’t be used, others may read it, or the stream was begun with another one.',
  SIGNING_KEY_UNREACHABLE:
    'The vault that holds the signing key does not answer. Nothing was sealed; the next wake-up tries again.',
  FONTS_MISSING:
    'The app’s package leaves out the fonts for Korean, Japanese and Chinese, and they are not where TALLYMAN_FONTS says. Deploy again, or upload them; nothing was sealed, and the next wake-up tries again.',
  MAIL_FAILED: 'Mail can’t be sent at all. Sealed runs are not affected; the outbox tries again.',
  RUNS_FAILED:
    'Some runs could not be made; the problems say which and why. They stay missing and are caught up by the next wake-up.',
  OUTPUT_EXISTS: 'A command would have to write over something. Give another place.',
} as const;

export type ErrorCode = keyof typeof ERRORS;

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

/** What an error says besides its message: what to do, what else is wrong, and where it came from. */
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
