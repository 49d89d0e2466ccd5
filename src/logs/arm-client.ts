import type { TokenCredential } from '@azure/identity';
import { retryAfterMs } from '../core/retry-after';

export interface ArmClientOptions {
  /** `https://management.azure.com`, or that of a sovereign cloud; without a final slash. */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  /** The pause before the first repetition, doubled each time. Default 1,000. */
  readonly retryDelayMs?: number;
  /** After so long without a whole answer a request is given up. Default 30,000. */
  readonly patienceMs?: number;
}

/** What came of a request. Status 0: no answer, and the body is a sentence that says why. */
export interface ArmAnswer {
  /** `GET https://…` */
  readonly request: string;
  readonly status: number;
  readonly body: string;
}

const MAX_ATTEMPTS = 4;
/** A service that wants a longer pause is not to be had in this run. */
const MAX_RETRY_AFTER_MS = 60_000;
const REPEATABLE_STATUS: readonly number[] = [429, 500, 502, 503, 504];
/** Far more than any list or setting; a body beyond it is not what was asked for. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Asks Azure Resource Manager, reading only, and gives back the bytes as they came. It never throws. */
export class ArmClient {
  constructor(private readonly options: ArmClientOptions) {}

  /** The path begins with a slash and holds the query. */
  get(path: string): Promise<ArmAnswer> {
    return this.ask('GET', path, undefined);
  }

  /** For questions that are too long for an address. */
  post(path: string, question: object): Promise<ArmAnswer> {
    return this.ask('POST', path, JSON.stringify(question));
  }

  private async ask(method: string, path: string, content: string | undefined): Promise<ArmAnswer> {
    const request = `${method} ${this.options.endpoint}${path}`;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.send(method, path, content);
      const isLast = attempt >= MAX_ATTEMPTS || answer.pauseMs === undefined;
      if (isLast) return { request, status: answer.status, body: answer.body };
      const doubled = (this.options.retryDelayMs ?? 1000) * 2 ** (attempt - 1);
      const pause = Math.max(doubled, answer.pauseMs ?? 0);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** `pauseMs` is set when repeating can help: as long as the service wants, or 0. */
  private async send(
    method: string,
    path: string,
    content: string | undefined,
  ): Promise<{ status: number; body: string; pauseMs?: number }> {
    const { credential, endpoint, patienceMs } = this.options;
    let token: string;
    try {
      const got = await credential.getToken(`${endpoint}/.default`);
      if (got === null) return { status: 0, body: 'The identity gave no token.' };
      ({ token } = got);
    } catch (error) {
      return { status: 0, body: `No token could be had: ${firstLine(error)}` };
    }
    try {
      const response = await fetch(`${endpoint}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(content === undefined ? {} : { body: content }),
        // A redirect would carry the token somewhere else.
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMs ?? 30_000),
      });
      const body = await textOf(response);
      const pauseMs = REPEATABLE_STATUS.includes(response.status)
        ? pauseOf(response.headers.get('retry-after'))
        : undefined;
      return { status: response.status, body, ...(pauseMs === undefined ? {} : { pauseMs }) };
    } catch (error) {
      return { status: 0, body: `No answer came: ${firstLine(error)}`, pauseMs: 0 };
    }
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    const part = chunk as Uint8Array;
    bytes += part.byteLength;
    if (bytes > MAX_BODY_BYTES)
      throw new Error(`the answer is longer than ${MAX_BODY_BYTES} bytes`);
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Undefined when the service wants too long a pause; 0 when it says nothing. */
function pauseOf(header: string | null): number | undefined {
  const pause = retryAfterMs(header) ?? 0;
  return pause > MAX_RETRY_AFTER_MS ? undefined : pause;
}

function firstLine(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error };
  const inner = cause === undefined ? '' : ` (${cause.message})`;
  return `${message}${inner}`.split('\n', 1)[0] ?? '';
}
