import { randomBytes } from 'node:crypto';

import type { StampResult, TimeAuthority } from '../core/archive';
import { sha256 } from '../core/digest';
import { TAG } from './der';
import { parseTimeStamp } from './time-stamp-token';

/** An authority that does not answer within this must not keep a run waiting. */
const TIME_LIMIT_MS = 10_000;

/** A token with its certificates is a few kilobytes; anything larger is none. */
const LARGEST_ANSWER = 1024 * 1024;

/**
 * A time-stamping authority (RFC 3161 over HTTP). Trouble of any kind is a refusal, never a throw. That the
 * answer is to our request is checked here; who signed it is for verification to say.
 */
export function createTimeAuthority(url: string, timeLimitMs = TIME_LIMIT_MS): TimeAuthority {
  return {
    location: withoutSecrets(url),
    stamp: async (content) => {
      try {
        return await requestStamp(url, content, timeLimitMs);
      } catch (error) {
        const reason = error instanceof Error ? rootMessage(error) : String(error);
        return { status: 'refused', reason: `It did not answer: ${reason}.` };
      }
    },
  };
}

async function requestStamp(
  url: string,
  content: Uint8Array,
  timeLimitMs: number,
): Promise<StampResult> {
  const nonce = randomBytes(8);
  // A positive INTEGER in its shortest form begins with a byte of 01 to 7f.
  nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40;
  const digest = Buffer.from(sha256(content), 'hex');
  const { username, password } = new URL(url);
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const response = await fetch(withoutLogin(url), {
    method: 'POST',
    headers: {
      'content-type': 'application/timestamp-query',
      ...(login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
    },
    body: timeStampRequest(digest, nonce),
    redirect: 'error',
    signal: AbortSignal.timeout(timeLimitMs),
  });
  if (!response.ok) {
    return {
      status: 'refused',
      reason: `It answered with HTTP status ${String(response.status)}.`,
    };
  }
  const answer = await limitedBody(response);
  if (answer === undefined) return { status: 'refused', reason: 'Its answer is too large.' };
  const problem = answerProblem(answer, digest, nonce);
  return problem === undefined
    ? { status: 'stamped', response: answer }
    : { status: 'refused', reason: problem };
}

async function limitedBody(response: Response): Promise<Buffer | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += (part as Uint8Array).length;
    if (size > LARGEST_ANSWER) return undefined;
    parts.push(part as Uint8Array);
  }
  return Buffer.concat(parts);
}

/** SEQUENCE { AlgorithmIdentifier for SHA-256 }: 2.16.840.1.101.3.4.2.1 with NULL parameters. */
const SHA_256 = Buffer.from('300d06096086480165030402010500', 'hex');
const TRUE = Buffer.from('0101ff', 'hex');

/** TimeStampReq of RFC 3161, section 2.4.1: version 1, the imprint, a nonce, and the certificates asked for. */
function timeStampRequest(digest: Uint8Array, nonce: Uint8Array): Buffer<ArrayBuffer> {
  const imprint = der(TAG.sequence, SHA_256, der(TAG.octetString, digest));
  const version = der(TAG.integer, Buffer.from([1]));
  return der(TAG.sequence, version, imprint, der(TAG.integer, nonce), TRUE);
}

/** Every value of ours is shorter than 128 bytes, so that its length is one byte. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const content = Buffer.concat(contents);
  return Buffer.from([tag, content.length, ...content]);
}

/**
 * Why an answer is no time stamp for the request, in a sentence; undefined when it is one. It is read as
 * verification will read it, because what is kept once can't be taken out of the archive again.
 */
function answerProblem(answer: Buffer, digest: Buffer, nonce: Buffer): string | undefined {
  const stamp = parseTimeStamp(answer);
  if (typeof stamp === 'string') return `Its answer is no time stamp: ${stamp}.`;
  const isOurs = stamp.imprint === digest.toString('hex') && stamp.nonce === nonce.toString('hex');
  return isOurs ? undefined : 'Its answer is not to this request.';
}

function rootMessage(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** An address with a login in it is refused by fetch, in words that show it. */
function withoutLogin(url: string): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
