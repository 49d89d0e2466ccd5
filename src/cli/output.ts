import { once } from 'node:events';
import { formatProblem, TallymanError } from '../core/errors';
import { visible, visibleLines } from '../render/visible';

/** What a command ends with: 0 good, 1 bad news, 2 could not tell, 64 asked wrongly. */
export type ExitCode = 0 | 1 | 2 | 64;

const ASKED_WRONGLY: readonly string[] = [
  'SETTINGS_INVALID',
  'CATALOG_INVALID',
  'ARGUMENT_INVALID',
  'QUERY_INVALID',
  'QUERY_UNSUPPORTED',
  'REVIEW_OUTDATED',
  'SIGNING_KEY_INVALID',
  'OUTPUT_EXISTS',
];

/** A line for people, or data for scripts, on standard output. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** The same, and waits while whoever reads it is slower: what is not taken yet stays in memory. */
export async function printWhenTaken(line: string): Promise<void> {
  const { stdout } = process;
  // A reader that has gone away takes nothing any more.
  if (stdout.errored !== null || stdout.write(`${line}\n`)) return;
  try {
    await once(stdout, 'drain');
  } catch {
    // Whoever began the process listens for errors of its output.
  }
}

/** A line about the work itself, on standard error. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** One JSON document on standard output. */
export function printJson(value: unknown): void {
  print(tameJson(JSON.stringify(value, null, 2)));
}

/** What JSON leaves as it is and a terminal obeys, draws as nothing or takes as an order to write backwards. */
const WILD = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** JSON of the same value that misleads nobody who looks at it in a terminal. */
export function tameJson(json: string): string {
  return json.replace(
    WILD,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Rows as left-aligned columns, the header first, two blanks between columns. Log text is made visible. */
export function printTable(header: readonly string[], rows: Iterable<readonly string[]>): void {
  for (const line of tableLines(header, rows)) print(line);
}

/** The same, and waits as `printWhenTaken` does, so that many rows need not be in memory; they are gone through twice. */
export async function printTableWhenTaken(
  header: readonly string[],
  rows: Iterable<readonly string[]>,
): Promise<void> {
  for (const line of tableLines(header, rows)) await printWhenTaken(line);
}

function* tableLines(
  header: readonly string[],
  rows: Iterable<readonly string[]>,
): Generator<string> {
  const shown = (row: readonly string[]): string[] => row.map((cell) => visible(cell, 120));
  const widths = shown(header).map((cell) => cell.length);
  for (const row of rows) {
    shown(row).forEach((cell, column) => {
      if (column < widths.length) widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const line = (row: readonly string[]): string =>
    shown(row)
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  yield line(header);
  for (const row of rows) yield line(row);
}

/** Whether an error is of a file, folder or process, such as a place that nothing may be written to. */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'errno' in error;
}

/** Says an error with its remedy, and gives the exit code that goes with it. */
export function reportError(error: unknown, json: boolean): ExitCode {
  if (isOfSystem(error)) {
    note(`tallyman: The system could not do something: ${visible(error.message)}`);
    note(
      '  Check that the place is there, that this process may use it, and that no disk is full.',
    );
    return 2;
  }
  if (!(error instanceof TallymanError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    note(`tallyman: a mistake in the program: ${visibleLines(text).join('\n')}`);
    return 2;
  }
  const code = ASKED_WRONGLY.includes(error.code) ? 64 : 2;
  if (json) {
    printJson({
      error: {
        code: error.code,
        message: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        problems: error.problems,
      },
    });
    return code;
  }
  note(`tallyman: ${visible(error.message)} [${error.code}]`);
  for (const problem of error.problems) note(`  ${visible(formatProblem(problem))}`);
  if (error.hint !== undefined) note(`  ${visible(error.hint)}`);
  if (error.cause instanceof Error && !error.message.includes(error.cause.message)) {
    note(`  Cause: ${visibleLines(error.cause.message).join('\n    ')}`);
    if (error.cause instanceof TallymanError && error.cause.hint !== undefined) {
      note(`    ${visible(error.cause.hint)}`);
    }
  }
  return code;
}
