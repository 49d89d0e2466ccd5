import type { ErrorDetails } from '../core/errors';
import { TallymanError } from '../core/errors';

/** CATALOG_INVALID for a view that makes no sound page, with what to do about it. */
export function wrongView(
  message: string,
  details: Pick<ErrorDetails, 'problems' | 'cause'> = {},
): TallymanError {
  const hint =
    'Compare templates/views with the version that was shipped; `tallyman preview` shows what they make.';
  return new TallymanError('CATALOG_INVALID', message, { hint, ...details });
}
