import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';

export interface SmtpRelay {
  readonly port: number;
  /** The certificate to trust, PEM. */
  readonly ca: string;
  /** Raw messages in the order of arrival. */
  readonly messages: Buffer[];
  readonly logins: string[];
  /** Whether each message came over TLS. */
  readonly secure: boolean[];
  stop(): Promise<void>;
}

/** A real SMTP server on 127.0.0.1 that takes every mail and wants the login `reporter` / `s3:cr@t`. */
export async function startSmtpRelay(options: SMTPServerOptions = {}): Promise<SmtpRelay> {
  const { key, cert } = certificate();
  const messages: Buffer[] = [];
  const logins: string[] = [];
  const secure: boolean[] = [];
  const server = new SMTPServer({
    key,
    cert,
    authOptional: false,
    onAuth(auth, _session, callback) {
      const good = auth.username === 'reporter' && auth.password === 's3:cr@t';
      logins.push(auth.username ?? '');
      if (good) callback(null, { user: auth.username });
      else callback(Object.assign(new Error('535 who are you'), { responseCode: 535 }));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (stream.sizeExceeded) {
          callback(Object.assign(new Error('too large'), { responseCode: 552 }));
          return;
        }
        messages.push(Buffer.concat(chunks));
        secure.push(session.secure);
        callback();
      });
    },
    ...options,
  });
  // A client that gives up or distrusts the certificate must not end the test process.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    ca: cert,
    messages,
    logins,
    secure,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}

/** A fresh self-signed certificate for 127.0.0.1 and localhost. */
function certificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tallyman-smtp-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost'],
        ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
