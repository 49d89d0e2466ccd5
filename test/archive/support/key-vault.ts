import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CryptographyClientOptions } from '@azure/keyvault-keys';

/** A response that the vault gives instead of its own. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Do nothing, for ever. */
  readonly hang?: true;
  /** Close the connection. */
  readonly cut?: true;
}

/** A key vault on this machine. */
export interface KeyVault {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** `GET /keys/…` and `POST /keys/…/sign`, in order, without the challenges. */
  readonly requests: string[];
  /** Replies for the next authorised requests. */
  readonly replies: Reply[];
  /** Of the key; laid over its real ones. */
  readonly jwk: Record<string, unknown>;
  readonly attributes: Record<string, unknown>;
  readonly client: CryptographyClientOptions;
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  stop(): Promise<void>;
}

export const VERSION = '0123456789abcdef0123456789abcdef';
const KEY_ID = `https://contoso.vault.azure.net/keys/tallyman/${VERSION}`;
const TOKEN = 'a-token';

/** An identity whose tokens the vault takes. */
export const CREDENTIAL = {
  getToken: () => Promise.resolve({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }),
};

/**
 * A local server that speaks Key Vault's wire format (API 7.x): a 401 that names the resource, then
 * `GET /keys/{name}/{version}` and `POST /keys/{name}/{version}/sign` with ES256's 64 bytes r‖s in base64url.
 */
export async function startKeyVault(namedCurve = 'P-256'): Promise<KeyVault> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const { x, y, crv } = publicKey.export({ format: 'jwk' });
  const vault = {
    keyId: KEY_ID,
    privateKey,
    requests: [] as string[],
    replies: [] as Reply[],
    jwk: { kid: KEY_ID, kty: 'EC', key_ops: ['sign', 'verify'], crv, x, y },
    attributes: { enabled: true, created: 1_760_000_000, updated: 1_760_000_000 },
  };
  const server = createServer((request, response) => {
    void respond(vault, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...vault,
    client: {
      retryOptions: { maxRetries: 2, retryDelayInMs: 5, maxRetryDelayInMs: 20 },
      additionalPolicies: [{ policy: toPort(port), position: 'perRetry' }],
    },
    address: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

type Policy = NonNullable<CryptographyClientOptions['additionalPolicies']>[number]['policy'];

/** The SDK sends tokens over https only; behind its signing, requests go to a local port. */
function toPort(port: number): Policy {
  return {
    name: 'toKeyVault',
    sendRequest: async (request, next) => {
      const { url } = request;
      request.url = url.replace(/^https:\/\/[^/]+/, `http://127.0.0.1:${port}`);
      request.allowInsecureConnection = true;
      try {
        return await next(request);
      } finally {
        // The challenge is compared with the vault's own name.
        request.url = url;
      }
    },
  };
}

async function respond(
  vault: Pick<KeyVault, 'requests' | 'replies' | 'jwk' | 'attributes' | 'privateKey'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.headers.authorization !== `Bearer ${TOKEN}`) {
    response.setHeader(
      'WWW-Authenticate',
      'Bearer authorization="https://login.microsoftonline.com/5d6e0a5e-6c6f-4a8e-9d0f-2d1f6a1b7c11", resource="https://vault.azure.net"',
    );
    response.writeHead(401).end('{"error":{"code":"Unauthorized"}}');
    return;
  }
  const path = request.url?.split('?')[0] ?? '';
  vault.requests.push(`${request.method ?? ''} ${path}`);
  const { status = 200, headers, body, hang, cut } = vault.replies.shift() ?? {};
  if (hang === true) return;
  if (cut === true) {
    request.socket.destroy();
    return;
  }
  const usual = path.endsWith('/sign')
    ? { kid: KEY_ID, value: signatureOf(vault.privateKey, Buffer.concat(chunks)) }
    : { key: vault.jwk, attributes: vault.attributes };
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body ?? usual));
}

/** Of the digest in a request, as the vault makes it. Node signs bytes, so the digest's own bytes are asked for. */
function signatureOf(key: KeyObject, body: Buffer): string {
  const { alg, value } = JSON.parse(body.toString()) as { alg: string; value: string };
  const signed = SIGNED.get(value);
  if (alg !== 'ES256' || signed === undefined) throw new Error(`not signed here: ${alg} ${value}`);
  return sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

const SIGNED = new Map<string, Uint8Array>();

/** Tells the vault the bytes of a digest that it will be asked to sign: OpenSSL's API takes no digest. */
export function willSign(bytes: Uint8Array): Uint8Array {
  SIGNED.set(createHash('sha256').update(bytes).digest('base64url'), bytes);
  return bytes;
}
