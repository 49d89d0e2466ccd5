import { formatProblem, TallymanError } from '../../core/errors';

/** One thing that `tallyman doctor` looked at. */
export interface Check {
  /** A few words: `Signing key`. */
  readonly name: string;
  /** `bad`: runs will suffer; `unknown`: it can't be told from here; `off`: not in use. */
  readonly status: 'good' | 'bad' | 'unknown' | 'off';
  /** A sentence or two: what was seen. */
  readonly text: string;
  /** What to do: commands or lines to paste, where there are some. */
  readonly remedy?: string;
}

/** Does one piece of the examination; what it throws is what is wrong. */
export async function examine(
  name: string,
  work: () => Promise<Check | readonly Check[]>,
  remedyOf: (error: TallymanError) => string | undefined = (): undefined => undefined,
): Promise<readonly Check[]> {
  try {
    return [await work()].flat();
  } catch (error) {
    if (!(error instanceof TallymanError)) throw error;
    const problems = error.problems.map((problem) => formatProblem(problem));
    const text = [`${error.code}: ${error.message}`, ...problems].join(' ');
    const remedy = remedyOf(error) ?? error.hint;
    return [{ name, status: 'bad', text, ...(remedy === undefined ? {} : { remedy }) }];
  }
}

/** Exit code: 1 when something is bad, 2 when something could not be told, 0 otherwise. */
export function exitCodeOf(checks: readonly Check[]): 0 | 1 | 2 {
  if (checks.some(({ status }) => status === 'bad')) return 1;
  return checks.some(({ status }) => status === 'unknown') ? 2 : 0;
}
