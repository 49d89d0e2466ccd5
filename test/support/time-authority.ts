import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

/** How the authority behaves from now on. */
type Mode = 'stamp' | 'garbage' | 'refusal' | 'replay' | 'error' | 'reset' | 'silence';

export interface LocalAuthority {
  readonly url: string;
  /** The certificate that its tokens are verified with. */
  readonly caFile: string;
  mode: Mode;
  /** How many requests came. */
  readonly requests: number;
  close(): Promise<void>;
}

/** What openssl is told to make an authority’s certificates and its tokens. */
export const AUTHORITY_CONFIG = `
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[tsa]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa_config]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
`;

/** PKIStatusInfo with status 2, rejection, and no token. */
const REFUSAL = Buffer.from('30053003020102', 'hex');

/** A time-stamping authority of our own: openssl behind a small HTTP server. */
export async function startTimeAuthority(): Promise<LocalAuthority> {
  const folder = mkdtempSync(join(tmpdir(), 'tallyman-tsa-'));
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  writeFileSync(join(folder, 'openssl.cnf'), AUTHORITY_CONFIG);
  writeFileSync(join(folder, 'serial'), '01\n');
  makeCertificates(openssl);
  const state = { mode: 'stamp' as Mode, requests: 0 };
  let first: Buffer | undefined;
  const reply = (request: Buffer): Buffer => {
    writeFileSync(join(folder, 'request.tsq'), request);
    openssl(
      ...['ts', '-reply', '-config', 'openssl.cnf', '-section', 'tsa_config'],
      ...['-queryfile', 'request.tsq', '-signer', 'tsa.pem', '-inkey', 'tsa.key'],
      ...['-chain', 'ca.pem', '-out', 'reply.tsr'],
    );
    return readFileSync(join(folder, 'reply.tsr'));
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    state.requests += 1;
    const send = (content: Buffer): void => {
      response.setHeader('content-type', 'application/timestamp-reply');
      response.end(content);
    };
    switch (state.mode) {
      case 'stamp':
        first ??= reply(body);
        send(state.requests === 1 ? first : reply(body));
        return;
      case 'garbage':
        send(Buffer.from('not DER at all'));
        return;
      case 'refusal':
        send(REFUSAL);
        return;
      case 'replay':
        send(first ?? reply(Buffer.from(body)));
        return;
      case 'error':
        response.statusCode = 503;
        response.end();
        return;
      case 'reset':
        request.socket.destroy();
        return;
      case 'silence':
        return;
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    caFile: join(folder, 'ca.pem'),
    get mode(): Mode {
      return state.mode;
    },
    set mode(mode: Mode) {
      state.mode = mode;
    },
    get requests(): number {
      return state.requests;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/** A root of its own and a certificate that may do nothing but stamp. */
function makeCertificates(openssl: (...args: string[]) => void): void {
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const config = ['-config', 'openssl.cnf'];
  openssl(
    ...['req', '-x509', ...config, ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem'],
    ...['-subj', '/CN=Test root', '-days', '30', '-extensions', 'ca'],
  );
  openssl(
    ...['req', '-new', ...config, ...newKey, '-keyout', 'tsa.key', '-out', 'tsa.csr'],
    ...['-subj', '/CN=Test authority'],
  );
  openssl(
    ...['x509', '-req', '-in', 'tsa.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-days', '30', '-extfile', 'openssl.cnf', '-extensions', 'tsa', '-out', 'tsa.pem'],
  );
}
