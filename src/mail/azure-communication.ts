import { setTimeout as sleep } from 'node:timers/promises';
import { EmailClient } from '@azure/communication-email';
import type { EmailClientOptions, EmailMessage } from '@azure/communication-email';
import type { TokenCredential } from '@azure/identity';
import { TallymanError } from '../core/errors';
import type { Delivery, Mail, Mailer } from '../core/mail';
import { addressTrouble, headerText, parseMailbox } from './message';

/** Where the service is: its endpoint and an identity, or a connection string, which holds a key. */
export type AzureCommunicationOptions = (
  | { readonly endpoint: string; readonly credential: TokenCredential }
  | { readonly connectionString: string }
) & {
  /** Milliseconds between looks at a mail's status. Default 10,000: a managed domain allows 20 looks an hour. */
  readonly pollIntervalMs?: number;
  /** For sending a mail and the first look at its status. Default 90,000. */
  readonly timeLimitMs?: number;
  /** Of the SDK's client: a proxy, or `allowInsecureConnection` for an emulator on this machine. */
  readonly client?: EmailClientOptions;
};

/** Looks at the status after the first one, which the SDK takes right after sending. */
const FURTHER_LOOKS = 2;
/** Of the whole request with its attachments in base64 (service limits of Azure Communication Services). */
const MAX_REQUEST_BYTES = 10 * 1024 * 1024;
/** 401, 403, 404 are our role, key or domain, which somebody may mend; the rest may pass by itself. */
const TRANSIENT_STATUS: ReadonlySet<number> = new Set([401, 403, 404, 408, 429]);

/**
 * A mailer that sends through Azure Communication Services. The sender must be an address of a domain
 * linked to the resource. *Accepted* means that the service took the mail over, as with an SMTP relay;
 * the detail says how far it was seen to come. An operation id made from the mail's key lets the
 * service recognise a repeated request. Throws TallymanError SETTINGS_INVALID for an unusable address.
 */
export function createAzureCommunicationMailer(options: AzureCommunicationOptions): Mailer {
  const client = emailClient(options);
  const { pollIntervalMs = 10_000, timeLimitMs = 90_000 } = options;
  return {
    kind: 'azure-communication',
    async send(mail: Mail): Promise<Delivery> {
      const trouble = addressTrouble(mail) ?? attachmentTrouble(mail);
      if (trouble !== undefined) return { status: 'failed', permanent: true, detail: trouble };
      return sendAndLook(client, mail, { pollIntervalMs, timeLimitMs });
    },
  };
}

function emailClient(options: AzureCommunicationOptions): EmailClient {
  // The outbox retries for a day; the SDK's own retries would hold up the mails behind this one.
  const clientOptions = { ...options.client, retryOptions: { maxRetries: 0 } };
  if ('connectionString' in options) {
    try {
      return new EmailClient(options.connectionString, clientOptions);
    } catch {
      throw new TallymanError(
        'SETTINGS_INVALID',
        'The connection string of Azure Communication Services cannot be used. It must read endpoint=https://…;accesskey=….',
        {
          hint: 'Copy it from the resource’s Keys page. It is not shown here because it holds a key.',
        },
      );
    }
  }
  // Tokens never travel in the clear; the SDK would say so only at the first mail.
  if (!options.endpoint.startsWith('https://')) {
    throw new TallymanError(
      'SETTINGS_INVALID',
      `The endpoint of Azure Communication Services must begin with https://, and is ${options.endpoint}.`,
      { hint: 'Copy it from the resource’s overview page.' },
    );
  }
  return new EmailClient(options.endpoint, options.credential, clientOptions);
}

/** A version 8 GUID from the key's first 128 bits: the same for every attempt. */
export function operationId(key: string): string {
  const digits = `${key.slice(0, 12)}8${key.slice(13, 16)}8${key.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

async function sendAndLook(
  client: EmailClient,
  mail: Mail,
  { pollIntervalMs, timeLimitMs }: { pollIntervalMs: number; timeLimitMs: number },
): Promise<Delivery> {
  const id = operationId(mail.key);
  const seen = { taken: false };
  try {
    const poller = await client.beginSend(emailMessage(mail), {
      operationId: id,
      abortSignal: AbortSignal.timeout(timeLimitMs),
      onResponse: (response) => {
        // Only this is the service's word; a 200 may be a page of whatever network stands between.
        seen.taken ||= response.status === 202;
      },
    });
    if (!seen.taken) {
      const detail = `What answered for the service did not say that it took operation ${id} over.`;
      return { status: 'failed', permanent: false, detail };
    }
    for (let look = 0; look < FURTHER_LOOKS && !poller.isDone(); look += 1) {
      await sleep(pollIntervalMs);
      await poller.poll();
    }
    const end = poller.isDone() ? 'and sent it' : 'and had not finished sending it';
    return { status: 'accepted', detail: `The service took operation ${id} over ${end}.` };
  } catch (error) {
    return failure(error, id, seen.taken);
  }
}

function failure(error: unknown, id: string, taken: boolean): Delivery {
  const message = headerText(error instanceof Error ? error.message : String(error));
  const { statusCode, name } = error as { statusCode?: number; name?: string };
  if (taken && name !== 'RestError' && name !== 'AbortError') {
    // The operation itself ended badly, and its id would give the same end again.
    return { status: 'failed', permanent: true, detail: `Operation ${id}: ${message}` };
  }
  if (taken) {
    const detail = `The service took operation ${id} over; its status could not be read: ${message}`;
    return { status: 'accepted', detail };
  }
  const permanent =
    statusCode !== undefined &&
    statusCode >= 400 &&
    statusCode < 500 &&
    !TRANSIENT_STATUS.has(statusCode);
  const status = statusCode === undefined ? '' : `HTTP ${statusCode}: `;
  return { status: 'failed', permanent, detail: `${status}${message}` };
}

function attachmentTrouble(mail: Mail): string | undefined {
  const page = mail.attachments.find(
    ({ name, contentType }) => /\.x?html?$/i.test(name) || /^text\/html\b/i.test(contentType),
  );
  if (page !== undefined) {
    return `The service refuses HTML attachments such as ${headerText(page.name)}; attach a PDF or ZIP, or link to the page.`;
  }
  const bytes = Buffer.byteLength(JSON.stringify(emailMessage(mail)));
  if (bytes <= MAX_REQUEST_BYTES) return undefined;
  return `The mail is ${bytes} bytes with its attachments in base64; the service takes ${MAX_REQUEST_BYTES}. Link to large files instead of attaching them.`;
}

function emailMessage(mail: Mail): EmailMessage {
  const to = parseMailbox(mail.to);
  return {
    senderAddress: parseMailbox(mail.from)?.address ?? '',
    recipients: {
      to: [
        { address: to?.address ?? '', ...(to?.name === undefined ? {} : { displayName: to.name }) },
      ],
    },
    content: { subject: headerText(mail.subject), plainText: mail.text, html: mail.html },
    headers: { 'X-Tallyman-Key': mail.key, 'Auto-Submitted': 'auto-generated' },
    attachments: mail.attachments.map((attachment) => ({
      name: headerText(attachment.name),
      contentType: attachment.contentType,
      contentInBase64: Buffer.from(attachment.content).toString('base64'),
    })),
    disableUserEngagementTracking: true,
  };
}
