import { simpleParser } from 'mailparser';
import type { AddressObject } from 'mailparser';

/** A mail as its reader gets it, however it travelled. */
export interface Received {
  /** What says that two copies are the same mail: Message-ID, operation id. */
  readonly identity: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly {
    readonly name: string;
    readonly contentType: string;
    readonly content: Buffer;
  }[];
}

/** Reads a MIME message with a parser that is not the composer's. */
export async function parseMessage(bytes: Buffer): Promise<Received> {
  const mail = await simpleParser(bytes);
  return {
    identity: mail.messageId ?? '',
    from: address(mail.from),
    to: address(Array.isArray(mail.to) ? mail.to[0] : mail.to),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: typeof mail.html === 'string' ? mail.html : '',
    attachments: mail.attachments.map(({ filename, contentType, content }) => ({
      name: filename ?? '',
      contentType,
      content,
    })),
  };
}

function address(list: AddressObject | undefined): string {
  return (list?.value ?? []).map((one) => one.address ?? '').join(',');
}
