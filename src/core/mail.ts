export interface Attachment {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** One message to one recipient. Nothing in a header comes from a log. */
export interface Mail {
  /** The same for every attempt to send this message: 64 hexadecimal digits. */
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly Attachment[];
  /** ISO 8601 UTC; the Date header. */
  readonly date: string;
}

/** What became of one attempt. */
export type Delivery =
  | { readonly status: 'accepted'; readonly detail: string }
  | { readonly status: 'failed'; readonly detail: string; readonly permanent: boolean };

/** A way to send mail. Trouble is a failed Delivery, never a throw. */
export interface Mailer {
  /** `eml-folder`, `smtp` or `azure-communication`. */
  readonly kind: string;
  send(mail: Mail): Promise<Delivery>;
}
