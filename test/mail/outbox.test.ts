import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderStore } from '../../src/archive/folder-store';
import type { Archive } from '../../src/core/archive';
import type { Mailer } from '../../src/core/mail';
import type { Instant } from '../../src/core/period';
import { createEmlFolder } from '../../src/mail/eml-folder';
import { createOutbox } from '../../src/mail/outbox';
import type { Outbox } from '../../src/mail/outbox';
import { mailKey } from '../../src/mail/outbox-records';
import type { OutgoingMail } from '../../src/mail/outbox-records';
import { createSmtpMailer } from '../../src/mail/smtp';
import { killedAt } from './support/faults';
import { sampleMail } from './support/mails';
import { parseMessage } from './support/received';
import { startSmtpRelay } from './support/smtp-relay';
import type { SmtpRelay } from './support/smtp-relay';

const START = '2026-11-21T22:00:00.000Z';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let folder: string;
let store: Archive;
let time: number;
const now = (): Instant => new Date(time).toISOString();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-outbox-'));
  store = createFolderStore(join(folder, 'private'));
  time = Date.parse(START);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function outgoing(
  change: Partial<OutgoingMail> = {},
  to = 'officer@contoso.example',
): OutgoingMail {
  return {
    stream: 'daily--all',
    sequence: 325,
    purpose: 'summary',
    mail: sampleMail({ to }),
    ...change,
  };
}

/** A relay whose answer to a recipient can be changed while it runs. */
async function startMoodyRelay(): Promise<SmtpRelay & { refuse: number | undefined }> {
  const mood = { refuse: undefined as number | undefined };
  const relay = await startSmtpRelay({
    authOptional: true,
    onRcptTo: (_address, _session, callback) => {
      if (mood.refuse === undefined) callback();
      else callback(Object.assign(new Error('not now'), { responseCode: mood.refuse }));
    },
  });
  return Object.assign(mood, relay);
}

describe('the outbox', () => {
  let relay: Awaited<ReturnType<typeof startMoodyRelay>>;
  let mailer: Mailer;
  let outbox: Outbox;
  beforeAll(async () => {
    relay = await startMoodyRelay();
    mailer = createSmtpMailer(`smtp://127.0.0.1:${relay.port}?tls=none`);
  });
  afterAll(() => relay.stop());
  beforeEach(() => {
    relay.refuse = undefined;
    relay.messages.length = 0;
    outbox = createOutbox({ store, mailer, now });
  });

  it('sends every mail once, in order, and records it', async () => {
    const mails = [9, 10].flatMap((sequence) =>
      ['a@contoso.example', 'b@contoso.example'].map((to) => outgoing({ sequence }, to)),
    );
    await outbox.enqueue(mails);
    const report = await outbox.drain();
    expect(report.accepted).toHaveLength(4);
    expect(report.accepted[0]).toMatchObject({
      at: START,
      attempts: 1,
      subject: mails[0]!.mail.subject,
    });
    const received = await Promise.all(relay.messages.map(parseMessage));
    const order = received.map(({ identity }) => identity);
    const keys = mails.map((mail) => `<${mailKey(mail)}@tallyman>`);
    expect(new Set(order.slice(0, 2))).toEqual(new Set(keys.slice(0, 2)));
    expect(new Set(order)).toEqual(new Set(keys));
    expect(received[0]!.attachments[0]!.content.equals(sampleMail().attachments[0]!.content)).toBe(
      true,
    );
    time += 48 * HOUR;
    expect(await outbox.drain()).toEqual({ accepted: [], failed: [], waiting: [] });
    expect(relay.messages).toHaveLength(4);
  });

  it('keeps the first of two mails for the same entry, purpose and recipient', async () => {
    await outbox.enqueue([outgoing()]);
    const other = outgoing();
    await outbox.enqueue([{ ...other, mail: { ...other.mail, subject: 'Another subject' } }]);
    await outbox.drain();
    expect(relay.messages).toHaveLength(1);
    expect((await parseMessage(relay.messages[0]!)).subject).toBe(sampleMail().subject);
  });

  it('sends mails of different purposes for one entry', async () => {
    await outbox.enqueue([outgoing(), outgoing({ purpose: 'digest' })]);
    expect((await outbox.drain()).accepted).toHaveLength(2);
  });

  it('waits longer after each failed attempt, and says what it waits for', async () => {
    relay.refuse = 451;
    await outbox.enqueue([outgoing()]);
    const attempts: number[] = [];
    for (const end = time + 6 * HOUR; time < end; time += 5 * MINUTE) {
      const [waiting] = (await outbox.drain()).waiting;
      if (waiting!.attempts > attempts.length) attempts.push((time - Date.parse(START)) / MINUTE);
    }
    expect(attempts).toEqual([0, 5, 20, 50, 110, 230]);
    expect(await outbox.pending()).toMatchObject([
      {
        status: 'waiting',
        at: START,
        to: 'officer@contoso.example',
        attempts: 6,
        detail: expect.stringMatching(/451/),
      },
    ]);
    relay.refuse = undefined;
    time += 2 * HOUR;
    expect((await outbox.drain()).accepted).toMatchObject([{ attempts: 7 }]);
    expect(await outbox.pending()).toEqual([]);
  });

  it('fails for good after a day of attempts, and tells it from then on', async () => {
    relay.refuse = 451;
    await outbox.enqueue([outgoing()]);
    let failed;
    do {
      time += HOUR;
      [failed] = (await outbox.drain()).failed;
    } while (failed === undefined);
    const hours = (time - Date.parse(START)) / HOUR;
    expect(hours).toBeGreaterThanOrEqual(24);
    expect(hours).toBeLessThan(29);
    expect(failed.detail).toMatch(/^Given up after \d+ attempts; the last one said: .*451/);
    expect(await outbox.failures(START)).toEqual([failed]);
    expect(await outbox.failures(new Date(time + 1).toISOString())).toEqual([]);
    relay.refuse = undefined;
    time += 48 * HOUR;
    await outbox.drain();
    expect(relay.messages).toEqual([]);
  });

  it('tries a mail at least once, however long it lay there', async () => {
    await outbox.enqueue([outgoing()]);
    time += 30 * 24 * HOUR;
    expect((await outbox.drain()).accepted).toHaveLength(1);
  });

  it('fails for good at once when the relay refuses the recipient, and sends the others', async () => {
    const refusing = await startSmtpRelay({
      authOptional: true,
      onRcptTo: ({ address }, _session, callback) => {
        if (address.startsWith('gone')) {
          callback(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
        } else callback();
      },
    });
    const url = `smtp://127.0.0.1:${refusing.port}?tls=none`;
    outbox = createOutbox({ store, mailer: createSmtpMailer(url), now });
    await outbox.enqueue([
      outgoing({}, 'gone@contoso.example'),
      outgoing({}, 'here@contoso.example'),
    ]);
    const report = await outbox.drain();
    await refusing.stop();
    expect(report.failed).toMatchObject([{ to: 'gone@contoso.example', attempts: 1 }]);
    expect(report.accepted).toMatchObject([{ to: 'here@contoso.example' }]);
    expect(await outbox.failures(START)).toEqual(report.failed);
    expect(refusing.messages).toHaveLength(1);
  });

  it('begins no mail after its time is up', async () => {
    await outbox.enqueue([outgoing()]);
    expect(await outbox.drain(START)).toMatchObject({
      accepted: [],
      waiting: [{ attempts: 0, detail: 'Not tried yet.' }],
    });
    expect(relay.messages).toEqual([]);
  });

  it('sends once when ten drain at the same moment', async () => {
    await outbox.enqueue(['a', 'b', 'c'].map((name) => outgoing({}, `${name}@contoso.example`)));
    const drainers = Array.from({ length: 10 }, () => createOutbox({ store, mailer, now }));
    const reports = await Promise.all(drainers.map((one) => one.drain()));
    expect(relay.messages).toHaveLength(3);
    expect(reports.flatMap(({ accepted }) => accepted).length).toBeGreaterThanOrEqual(3);
    expect(await outbox.pending()).toEqual([]);
  });

  it('fails a mail for good whose record is damaged, and sends the others', async () => {
    await outbox.enqueue([outgoing({ sequence: 1 }), outgoing({ sequence: 2 })]);
    const path = join(folder, 'private', 'outbox', 'daily--all');
    const [first] = (await readdir(path)).sort();
    await writeFile(join(path, first!, 'intent.json'), '{"mail": ');
    const report = await outbox.drain();
    expect(report.failed).toMatchObject([{ detail: 'Its record cannot be read.' }]);
    expect(report.accepted).toHaveLength(1);
    expect(await outbox.failures(START)).toHaveLength(1);
    expect((await outbox.drain()).failed).toEqual([]);
  });

  it('stops trying a mail whose sending ends the process each time', async () => {
    await outbox.enqueue([outgoing()]);
    for (let death = 0; death < 20; death += 1) {
      const parts = killedAt(2 + (death > 0 ? 1 : 0), store, mailer);
      await expect(createOutbox({ ...parts, now }).drain()).rejects.toThrow();
      time += 5 * HOUR;
    }
    expect(relay.messages).toEqual([]);
    expect((await outbox.drain()).failed).toMatchObject([
      { attempts: 20, detail: 'None of 20 attempts came to an end.' },
    ]);
    expect(await outbox.failures(START)).toHaveLength(1);
  });

  it('loses no mail, and repeats none more than once, wherever it is killed', async () => {
    let step = 0;
    for (let ended = false; !ended; step += 0.5) {
      relay.messages.length = 0;
      const private2 = createFolderStore(join(folder, `killed-${String(step * 2)}`));
      const parts = killedAt(step, private2, mailer);
      const first = createOutbox({ ...parts, now });
      ended = await first
        .enqueue([outgoing()])
        .then(() => first.drain())
        .then(
          () => true,
          () => false,
        );
      const second = createOutbox({ store: private2, mailer, now });
      await second.enqueue([outgoing()]);
      await second.drain();
      time += 10 * MINUTE;
      await second.drain();
      const identities = (await Promise.all(relay.messages.map(parseMessage))).map(
        ({ identity }) => identity,
      );
      expect(new Set(identities)).toEqual(new Set([`<${mailKey(outgoing())}@tallyman>`]));
      expect(identities.length).toBeLessThanOrEqual(2);
      expect(await second.pending()).toEqual([]);
    }
    // Intent, its reading, the claim, the result's reading, the sending, the result: none was left out.
    expect(step).toBeGreaterThanOrEqual(6);
  });

  it('repeats no mail at all into an eml folder, wherever it is killed', async () => {
    for (let step = 0; step < 7; step += 0.5) {
      const private2 = createFolderStore(join(folder, `eml-${String(step * 2)}`));
      const mails = join(folder, `mails-${String(step * 2)}`);
      const eml = createEmlFolder(mails);
      const first = createOutbox({ ...killedAt(step, private2, eml), now });
      await first
        .enqueue([outgoing()])
        .then(() => first.drain())
        .catch(() => undefined);
      const second = createOutbox({ store: private2, mailer: eml, now });
      await second.enqueue([outgoing()]);
      time += 10 * MINUTE;
      await second.drain();
      expect(await readdir(mails)).toHaveLength(1);
    }
  });

  it('keeps going when a mailer breaks its promise and throws', async () => {
    const broken: Mailer = { kind: 'smtp', send: () => Promise.reject(new Error('out of order')) };
    outbox = createOutbox({ store, mailer: broken, now });
    await outbox.enqueue([outgoing({ sequence: 1 }), outgoing({ sequence: 2 })]);
    expect((await outbox.drain()).waiting).toMatchObject([
      { detail: 'Error: out of order' },
      { detail: 'Error: out of order' },
    ]);
  });

  it.each(['../../etc', 'a/../b', ''])('puts nothing in for the stream %j', async (stream) => {
    await expect(outbox.enqueue([outgoing({ stream })])).rejects.toThrow();
  });
});
