import { retryAfterMs } from './retry-after';

/** How long a request to a service is waited for, and how often it is made again. */
export interface Patience {
  /** For one try, with what the SDK itself tries again. */
  readonly tryMs: number;
  readonly tries: number;
  /** Before the second try; doubled for each later one. */
  readonly pauseMs: number;
  /** Nobody waits longer for a service that says when it will answer again. */
  readonly longestPauseMs: number;
}

/** For storage accounts: about seven minutes at the worst. */
export const STORAGE_PATIENCE: Patience = {
  tryMs: 100_000,
  tries: 4,
  pauseMs: 2_000,
  longestPauseMs: 60_000,
};

/** An answer that broke off, or that is somebody else’s: the next try may well get the service’s own. */
export class BrokenAnswer extends Error {}

/** Reads an answer’s stream with `read`; when it is the stream that fails, throws BrokenAnswer. */
export async function readWhole<T>(
  stream: NodeJS.ReadableStream,
  read: () => Promise<T>,
): Promise<T> {
  const seen = { broken: false };
  stream.once('error', () => {
    seen.broken = true;
  });
  try {
    return await read();
  } catch (error) {
    if (!seen.broken) throw error;
    throw new BrokenAnswer('the answer broke off', { cause: error });
  }
}

/** What the SDKs for storage take for the last word, although the next try may well be answered. */
const PASSING: readonly unknown[] = [408, 429, 502, 504];

/**
 * Makes a request, and again when it was not answered in time, which the SDKs for storage themselves never
 * give up on, or when the answer was broken or one that passes: 429 among them, whose Retry-After is waited for.
 * The request must be safe to make twice, and must end when its signal does. Throws what the last try threw.
 */
export async function patiently<T>(
  request: (abortSignal: AbortSignal) => Promise<T>,
  patience: Patience = STORAGE_PATIENCE,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    const limit = AbortSignal.timeout(patience.tryMs);
    try {
      return await request(limit);
    } catch (error) {
      const isSilence = limit.aborted;
      if (tried >= patience.tries || !(isSilence || mayPass(error))) {
        throw isSilence
          ? new Error(`no answer within ${String(patience.tryMs / 1000)} s`, { cause: error })
          : error;
      }
      const usual = patience.pauseMs * 2 ** (tried - 1);
      await pause(Math.min(Math.max(usual, toldMs(error)), patience.longestPauseMs));
    }
  }
}

/** Errors of the Azure SDKs have the answer’s status, and a code when they could not make sense of it. */
function mayPass(error: unknown): boolean {
  if (error instanceof BrokenAnswer) return true;
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  return PASSING.includes(statusCode) || code === 'PARSE_ERROR';
}

/** What the service asked to wait, where it did. */
function toldMs(error: unknown): number {
  const { response } = error as {
    response?: { headers?: { get?: (name: string) => string | undefined } };
  };
  return retryAfterMs(response?.headers?.get?.('retry-after')) ?? 0;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
