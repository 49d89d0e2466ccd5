import { createTransport } from 'nodemailer';
import type { NodemailerError, SMTPTransportOptions } from 'nodemailer';
import { TallymanError } from '../core/errors';
import type { Delivery, Mail, Mailer } from '../core/mail';
import { addressTrouble, headerText, messageOptions } from './message';

export interface SmtpOptions {
  /** PEM certificates to trust instead of the system's, for a relay with a private authority. */
  readonly ca?: string;
  /** The longest that one attempt may take, connection to answer, in milliseconds. Default: 120,000. */
  readonly timeoutMs?: number;
}

/**
 * A mailer that hands mail to an SMTP relay: `smtps://user:password@host:465` (TLS from the start) or
 * `smtp://user:password@host:587` (STARTTLS, and nothing is said without it). User and password are
 * percent-encoded. `smtp://host:25?tls=none` speaks in the clear, and then takes no password.
 * Throws TallymanError SETTINGS_INVALID when the address is none of these.
 */
export function createSmtpMailer(url: string, options: SmtpOptions = {}): Mailer {
  const transport = createTransport(transportOptions(url, options));
  const timeoutMs = options.timeoutMs ?? 120_000;
  return {
    kind: 'smtp',
    async send(mail: Mail): Promise<Delivery> {
      const trouble = addressTrouble(mail);
      if (trouble !== undefined) return { status: 'failed', permanent: true, detail: trouble };
      try {
        const signal = AbortSignal.timeout(timeoutMs);
        const sent = await transport.sendMail({ ...messageOptions(mail), xMailer: false, signal });
        return { status: 'accepted', detail: `The relay answered: ${headerText(sent.response)}` };
      } catch (error) {
        return failure(error as NodemailerError);
      }
    },
  };
}

function transportOptions(text: string, options: SmtpOptions): SMTPTransportOptions {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const tls = url?.searchParams.get('tls');
  const known = url?.protocol === 'smtp:' || url?.protocol === 'smtps:';
  if (url === undefined || !known || url.hostname === '' || (tls !== null && tls !== 'none')) {
    throw invalid('It must read smtps://user:password@host:465 or smtp://user:password@host:587.');
  }
  if (tls === 'none' && (url.protocol === 'smtps:' || url.username !== '')) {
    throw invalid('With tls=none it must be smtp:// without user and password.');
  }
  const timeoutMs = options.timeoutMs ?? 120_000;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (url.protocol === 'smtps:' ? 465 : 587) : Number(url.port),
    secure: url.protocol === 'smtps:',
    requireTLS: tls !== 'none',
    ignoreTLS: tls === 'none',
    connectionTimeout: Math.min(timeoutMs, 30_000),
    greetingTimeout: Math.min(timeoutMs, 30_000),
    socketTimeout: Math.min(timeoutMs, 60_000),
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
    ...(url.username === ''
      ? {}
      : {
          // Without this, a relay that offers no login would silently get the mail without one.
          forceAuth: true,
          auth: { user: decoded(url.username), pass: decoded(url.password) },
        }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('A % in user or password must be followed by two hexadecimal digits.');
  }
}

function invalid(message: string): TallymanError {
  return new TallymanError('SETTINGS_INVALID', `The SMTP address cannot be used. ${message}`, {
    hint: 'Percent-encode special characters in user and password. The address is not shown here because it may hold a password.',
  });
}

/**
 * Only a refusal of this very message or its addresses is for good. A refused login or a bad certificate
 * is the relay's or our configuration, which somebody may mend before the last attempt.
 */
function failure(error: NodemailerError): Delivery {
  const aboutMessage = error.code === 'EENVELOPE' || error.code === 'EMESSAGE';
  const code = typeof error.responseCode === 'number' ? error.responseCode : undefined;
  // Without an answer it is nodemailer's own check: too large for the relay, or no usable address.
  const permanent = aboutMessage && (code === undefined || (code >= 500 && code !== 503));
  return { status: 'failed', permanent, detail: headerText(error.message) };
}
