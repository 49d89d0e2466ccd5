import type { InvocationContext } from '@azure/functions';
import { formatProblem, TallymanError } from '../../core/errors';

/** Does the work; an error is logged with all that it knows and thrown on, so that the host tries again. */
export async function orThrow<T>(
  context: InvocationContext,
  work: () => Promise<T> | T,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    context.error(troubleText(error));
    throw error;
  }
}

/** Does the work; an error is logged with all that it knows, and the caller goes on without a result. */
export async function orGoOn<T>(
  context: InvocationContext,
  work: () => Promise<T> | T,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    context.error(troubleText(error));
    return undefined;
  }
}

/** An error for the log: of ours the code, message, problems and hint; of others the stack. */
export function troubleText(error: unknown): string {
  if (!(error instanceof TallymanError)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const hint = error.hint === undefined ? [] : [error.hint];
  const lines = [`${error.code}: ${error.message}`, ...error.problems.map(formatProblem), ...hint];
  return lines.join('\n');
}
