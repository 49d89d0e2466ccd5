import type { MailSettings } from '../../settings';
import type { Check } from './check';
import { whyNotWritable } from './writable';

const PATIENCE_MS = 10_000;

/** Whether mail could be handed over. Nothing is sent. */
export async function checkMail(mail: MailSettings): Promise<Check> {
  const name = 'Mail';
  switch (mail.kind) {
    case 'none':
      return {
        name,
        status: 'off',
        text: 'No mail is sent: nobody but the archive learns of findings.',
      };
    case 'eml': {
      const why = whyNotWritable(mail.folder);
      if (why !== undefined) {
        const remedy = 'Let this process write there, or name another folder.';
        return { name, status: 'bad', text: why, remedy };
      }
      return {
        name,
        status: 'good',
        text: `Mails are written into ${mail.folder}, and sent to nobody.`,
      };
    }
    case 'smtp': {
      const { createSmtpMailer } = await import('../../mail/smtp.js');
      // Reads the whole address, user and password included, and says nothing of it.
      createSmtpMailer(mail.url);
      const { hostname, port, protocol } = new URL(mail.url);
      return reach(
        name,
        hostname,
        port === '' ? (protocol === 'smtps:' ? 465 : 587) : Number(port),
      );
    }
    case 'azure-communication':
      return reach(name, new URL(mail.endpoint).hostname, 443);
  }
}

async function reach(name: string, host: string, port: number): Promise<Check> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS });
    const end = (status: Check['status'], text: string): void => {
      socket.destroy();
      resolve({ name, status, text });
    };
    socket.once('connect', () => {
      end(
        'good',
        `${host}:${port} can be reached. Whether it takes our mail shows when one is sent.`,
      );
    });
    socket.once('timeout', () => {
      end('bad', `${host}:${port} did not answer within ${PATIENCE_MS / 1000} seconds.`);
    });
    socket.once('error', (error) => {
      end('bad', `${host}:${port} can’t be reached: ${error.message}.`);
    });
  });
}
