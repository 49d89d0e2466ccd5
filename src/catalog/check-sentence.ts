import type { Problem } from '../core/errors';
import { withoutColumns } from '../core/finding-sentence';

/** One problem for each kind of brackets in a finding’s sentence that stand for nothing. */
export function checkSentence(
  sentence: string,
  place: Pick<Problem, 'where' | 'line' | 'column'>,
  problems: Problem[],
): void {
  const rest = withoutColumns(sentence);
  if (/\{\{|\}\}/.test(rest)) {
    problems.push({
      ...place,
      message:
        'Expected placeholders of the form {{Column}} or {{Column|one|others}}, came other double braces.',
      remedy: 'Write the name of one column between the braces, without blanks.',
    });
  }
  if (/\[\[|\]\]/.test(rest)) {
    problems.push({
      ...place,
      message: 'Expected optional parts of the form [[, tag {{Tag}}]], came other double brackets.',
      remedy: 'Name a column between the brackets: the part is left out when it has no value.',
    });
  }
}
