import type { Archive } from './core/archive';
import type { Mailer } from './core/mail';
import type { Parts } from './run/parts';
import type { MailSettings } from './settings';

/** The outbox and what sends for it; undefined when no mail is to be sent. */
export async function openMail(
  mail: MailSettings,
  store: Archive,
  now: () => string,
): Promise<Parts['mail']> {
  if (mail.kind === 'none') return undefined;
  const { createOutbox } = await import('./mail/outbox.js');
  const mailer = await openMailer(mail);
  return { from: mail.from, outbox: createOutbox({ store, mailer, now }) };
}

async function openMailer(mail: Exclude<MailSettings, { kind: 'none' }>): Promise<Mailer> {
  switch (mail.kind) {
    case 'eml': {
      const { createEmlFolder } = await import('./mail/eml-folder.js');
      return createEmlFolder(mail.folder);
    }
    case 'smtp': {
      const { createSmtpMailer } = await import('./mail/smtp.js');
      return createSmtpMailer(mail.url);
    }
    case 'azure-communication': {
      const { azureCredential } = await import('./azure-clients.js');
      const { createAzureCommunicationMailer } = await import('./mail/azure-communication.js');
      return createAzureCommunicationMailer({
        endpoint: mail.endpoint,
        credential: azureCredential(),
      });
    }
  }
}
