import type MailComposer from 'nodemailer/lib/mail-composer';
import type { Mail } from '../core/mail';

/** One mailbox. `name` is absent when the setting gave a bare address. */
export interface Mailbox {
  readonly address: string;
  readonly name?: string;
}

/** The Message-ID header, the same for every attempt to send a mail: `<key@tallyman>`. */
export function messageId(key: string): string {
  return `<${key}@tallyman>`;
}

/**
 * Text that is safe in a header or a file name. Headers hold nothing from a log, but a subject is
 * configuration and may hold a pasted line break or direction mark, which encoding would preserve.
 */
export function headerText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/**
 * Reads `jane@contoso.com` or `Jane Kim <jane@contoso.com>`. Undefined for anything else, so that one
 * recipient cannot become several by a comma.
 */
export function parseMailbox(text: string): Mailbox | undefined {
  const named = /^(?<name>[^<>]*)<(?<address>[^<>]*)>$/.exec(text.trim());
  const address = named?.groups?.['address'] ?? text.trim();
  if (!/^[^\s@<>,;:"()[\]\\]{1,64}@[^\s@<>,;:"()[\]\\]{1,255}$/u.test(address)) return undefined;
  if (headerText(address) !== address) return undefined;
  const name = headerText(named?.groups?.['name'] ?? '').replace(/^"(.*)"$/, '$1');
  return name === '' ? { address } : { address, name };
}

/**
 * A sentence that says which address of a mail cannot be used, or undefined when both can. Such a mail
 * fails for good: no later attempt can reach anybody.
 */
export function addressTrouble(mail: Mail): string | undefined {
  for (const [field, text] of [
    ['sender', mail.from],
    ['recipient', mail.to],
  ] as const) {
    if (parseMailbox(text) === undefined) {
      return `The ${field} ${JSON.stringify(headerText(text))} is not one mail address.`;
    }
  }
  return undefined;
}

/**
 * A mail as nodemailer composes it. Equal mails give equal bytes: date, Message-ID and MIME boundaries
 * come from the mail. Call `addressTrouble` first.
 */
export function messageOptions(mail: Mail): MailComposer.Options {
  return {
    from: nodemailerAddress(mail.from),
    to: nodemailerAddress(mail.to),
    subject: headerText(mail.subject),
    text: mail.text,
    html: mail.html,
    date: new Date(mail.date),
    messageId: messageId(mail.key),
    baseBoundary: mail.key.slice(0, 32),
    headers: {
      // RFC 3834 and its Exchange counterpart: nobody's absence note should answer a report.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
    attachments: mail.attachments.map((attachment) => ({
      filename: headerText(attachment.name),
      contentType: attachment.contentType,
      content: Buffer.from(attachment.content),
      contentTransferEncoding: 'base64',
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function nodemailerAddress(text: string): { name: string; address: string } {
  const mailbox = parseMailbox(text);
  return { name: mailbox?.name ?? '', address: mailbox?.address ?? '' };
}
