import { randomUUID } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Delivery, Mail, Mailer } from '../core/mail';
import { makeFolder } from '../core/make-folder';
import { addressTrouble, headerText, messageOptions } from './message';

/**
 * A mailer that writes each mail as an `.eml` file, which mail programs open. The folder is made when
 * needed. Equal mails give the same file, once; a file that exists is never written again.
 */
export function createEmlFolder(folder: string): Mailer {
  return {
    kind: 'eml-folder',
    async send(mail: Mail): Promise<Delivery> {
      const trouble = addressTrouble(mail);
      if (trouble !== undefined) return { status: 'failed', permanent: true, detail: trouble };
      const name = emlFileName(mail);
      try {
        const content = await new MailComposer(messageOptions(mail)).compile().build();
        return await createFile(folder, name, content);
      } catch (error) {
        const detail = `Could not write ${name}: ${headerText(String(error))}`;
        return { status: 'failed', permanent: false, detail };
      }
    },
  };
}

/** `2026-03-02-registry-audit-2-findings-0f3c….eml`: the date, the subject's plain letters, the key. */
export function emlFileName(mail: Pick<Mail, 'date' | 'subject' | 'key'>): string {
  const words = mail.subject
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  const day = new Date(mail.date).toISOString().slice(0, 10);
  const key = mail.key.replace(/[^0-9a-f]/g, '').slice(0, 16);
  return [day, words, key].filter((part) => part !== '').join('-') + '.eml';
}

async function createFile(folder: string, name: string, content: Buffer): Promise<Delivery> {
  await makeFolder(folder);
  const path = join(folder, name);
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link appears whole and fails when the name is taken, so no reader sees half a mail.
    await link(temporary, path);
    return { status: 'accepted', detail: `Written as ${name}.` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const same = content.equals(await readFile(path));
    return {
      status: 'accepted',
      detail: same ? `Already written as ${name}.` : `Kept the earlier ${name}, which differs.`,
    };
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}
