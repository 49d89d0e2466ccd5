import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmlFolder, emlFileName } from '../../src/mail/eml-folder';
import { itKeepsTheMailerContract } from './support/mailer-contract';
import { sampleMail } from './support/mails';
import { parseMessage } from './support/received';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tallyman-eml-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('the eml folder', () => {
  itKeepsTheMailerContract(async () => {
    const folder = join(root, 'contract', 'mail');
    const file = join(root, 'a-file');
    await writeFile(file, '');
    const order: string[] = [];
    return {
      mailer: createEmlFolder(folder),
      unreachable: createEmlFolder(join(file, 'mail')),
      async received() {
        const names = await readdir(folder).catch((): string[] => []);
        order.push(...names.filter((name) => !order.includes(name)));
        return Promise.all(
          order.map(async (name) => parseMessage(await readFile(join(folder, name)))),
        );
      },
      stop: () => Promise.resolve(),
    };
  });

  it('writes the same bytes for the same mail anywhere', async () => {
    const [one, two] = [join(root, 'one'), join(root, 'two')];
    await createEmlFolder(one).send(sampleMail());
    await createEmlFolder(two).send(sampleMail());
    const name = emlFileName(sampleMail());
    expect(await readFile(join(one, name))).toEqual(await readFile(join(two, name)));
  });

  it('writes a mail once, whoever sends it at the same time, and leaves nothing else behind', async () => {
    const folder = join(root, 'race');
    const mailer = createEmlFolder(folder);
    const sent = await Promise.all(Array.from({ length: 20 }, () => mailer.send(sampleMail())));
    expect(sent.every((delivery) => delivery.status === 'accepted')).toBe(true);
    expect(await readdir(folder)).toEqual([emlFileName(sampleMail())]);
  });

  it('never writes over a file, and says when the earlier one differs', async () => {
    const folder = join(root, 'earlier');
    const mailer = createEmlFolder(folder);
    await mailer.send(sampleMail());
    const again = await mailer.send(sampleMail({ text: 'Another text.' }));
    expect(again).toMatchObject({ status: 'accepted', detail: expect.stringMatching(/differs/) });
    const bytes = await readFile(join(folder, emlFileName(sampleMail())));
    expect((await parseMessage(bytes)).text).toContain('Two findings');
  });

  it('names a file by date, plain letters of the subject and key', () => {
    expect(emlFileName(sampleMail({ key: '0f'.repeat(32) }))).toBe(
      '2026-11-21-registry-audit-sat-21-nov-2-findings-daily-all-0f0f0f0f0f0f0f0f.eml',
    );
  });

  it.each(['../../etc/passwd', '/\\:*?"<>|', 'CON', '감사', 'x'.repeat(500)])(
    'makes a harmless name of the subject %j',
    (subject) => {
      expect(emlFileName(sampleMail({ subject }))).toMatch(/^2026-11-21-[a-z0-9-]{16,80}\.eml$/);
    },
  );
});
