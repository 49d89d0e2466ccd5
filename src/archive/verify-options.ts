import type { Retention } from '../core/custody';
import type { Problem } from '../core/errors';
import { TallymanError } from '../core/errors';
import { isStreamName } from './layout';
import type { TrustedAuthorities } from './time-stamp-trust';
import { parseAuthorities } from './time-stamp-trust';
import type { DateRange } from './verify-periods';
import { firstDateOf } from './verify-periods';

export interface VerifyOptions {
  /** Only this stream; all by default. */
  readonly stream?: string;
  /** A date in the stream’s zone or a period’s id: entries must speak for everything from its beginning on. */
  readonly from?: string;
  /** A date or a period’s id: entries must speak for everything before its beginning. */
  readonly to?: string;
  /** The digests that mails or earlier verifications gave as streams’ heads. */
  readonly head?: string | readonly string[];
  /** Certificates in PEM of the authorities whose time stamps are to be relied on. */
  readonly tsaCa?: string;
  /** How the storage keeps the files, where that could be read. */
  readonly retention?: Retention | undefined;
}

/** What was asked for, checked. */
export interface Asked {
  readonly stream: string | undefined;
  readonly range: DateRange;
  readonly heads: readonly string[];
  readonly authorities: TrustedAuthorities | undefined;
  readonly retention: Retention | undefined;
}

/** Throws ARGUMENT_INVALID with everything that is wrong. */
export function parseOptions(options: VerifyOptions): Asked {
  const problems: Problem[] = [];
  const range = parseRange(options, problems);
  const heads = [options.head ?? []].flat().map((head) => head.toLowerCase());
  for (const head of heads) {
    if (/^[0-9a-f]{64}$/.test(head)) continue;
    const message = `Expected 64 hexadecimal digits, got "${head}".`;
    problems.push({ where: 'head', message, remedy: 'Copy it whole from a mail.' });
  }
  if (options.stream !== undefined && !isStreamName(options.stream)) {
    const message = `Expected a stream like daily.all, got "${options.stream}".`;
    problems.push({ where: 'stream', message });
  }
  if (problems.length > 0) {
    throw new TallymanError('ARGUMENT_INVALID', 'The archive can’t be verified like this.', {
      problems,
    });
  }
  const authorities = options.tsaCa === undefined ? undefined : parseAuthorities(options.tsaCa);
  const { stream, retention } = options;
  return { stream, range, heads, authorities, retention };
}

function parseRange(options: VerifyOptions, problems: Problem[]): DateRange {
  const [from, to] = (['from', 'to'] as const).map((where) => {
    const text = options[where];
    const date = text === undefined ? undefined : firstDateOf(text);
    if (text !== undefined && date === undefined) {
      const message = `Expected a date or a period like 2026-03-02, 2026-W10, 2026-03 or 2026-Q1, got "${text}".`;
      problems.push({ where, message });
    }
    return date;
  });
  if (from !== undefined && to !== undefined && from >= to) {
    problems.push({ where: 'to', message: `Expected a date after ${from}, got ${to}.` });
  }
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
