import { createSmtpMailer } from '../../src/mail/smtp';
import { itKeepsTheMailerContract } from './support/mailer-contract';
import { sampleMail } from './support/mails';
import { parseMessage } from './support/received';
import { startSmtpRelay } from './support/smtp-relay';
import type { SmtpRelay } from './support/smtp-relay';

const LOGIN = 'reporter:s3%3Acr%40t';
const relays: SmtpRelay[] = [];
afterAll(() => Promise.all(relays.map((relay) => relay.stop())));

async function relayWith(options: Parameters<typeof startSmtpRelay>[0] = {}): Promise<SmtpRelay> {
  const relay = await startSmtpRelay(options);
  relays.push(relay);
  return relay;
}

function refusal(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

describe.each(['smtp', 'smtps'])('the %s mailer', (scheme) => {
  itKeepsTheMailerContract(async () => {
    const relay = await relayWith({ secure: scheme === 'smtps' });
    const { ca } = relay;
    return {
      mailer: createSmtpMailer(`${scheme}://${LOGIN}@127.0.0.1:${relay.port}`, { ca }),
      unreachable: createSmtpMailer(`${scheme}://${LOGIN}@127.0.0.1:1`),
      received: () => Promise.all(relay.messages.map(parseMessage)),
      stop: () => Promise.resolve(),
    };
  });
});

describe('the smtp mailer', () => {
  it('logs in, and only over TLS', async () => {
    const relay = await relayWith();
    const mailer = createSmtpMailer(`smtp://${LOGIN}@localhost:${relay.port}`, { ca: relay.ca });
    await mailer.send(sampleMail());
    expect(relay.logins).toEqual(['reporter']);
    expect(relay.secure).toEqual([true]);
  });

  it('sends the key as Message-ID, and asks machines not to answer', async () => {
    const relay = await relayWith();
    const mailer = createSmtpMailer(`smtp://${LOGIN}@127.0.0.1:${relay.port}`, { ca: relay.ca });
    await mailer.send(sampleMail());
    const message = relay.messages[0]!.toString('latin1');
    expect(message).toMatch(
      new RegExp(`^Message-ID:\\s+<${sampleMail().key}@tallyman>\\r\\n`, 'm'),
    );
    expect(message).toContain('Auto-Submitted: auto-generated');
    expect(message).toContain('Date: Sat, 21 Nov 2026 22:00:00 +0000');
  });

  it('says nothing to a relay without STARTTLS', async () => {
    const relay = await relayWith({ disabledCommands: ['STARTTLS'], authOptional: true });
    const url = `smtp://${LOGIN}@127.0.0.1:${relay.port}`;
    const delivery = await createSmtpMailer(url, { ca: relay.ca }).send(sampleMail());
    expect(delivery).toMatchObject({ status: 'failed', permanent: false });
    expect([relay.logins, relay.messages]).toEqual([[], []]);
  });

  it('says nothing to a relay whose certificate nobody vouches for', async () => {
    const relay = await relayWith({ secure: true });
    const delivery = await createSmtpMailer(`smtps://${LOGIN}@127.0.0.1:${relay.port}`).send(
      sampleMail(),
    );
    expect(delivery).toMatchObject({
      status: 'failed',
      permanent: false,
      detail: expect.stringMatching(/self-signed/),
    });
    expect(relay.logins).toEqual([]);
  });

  it('does not send without the login that its address gives', async () => {
    const relay = await relayWith({ disabledCommands: ['AUTH'], authOptional: true });
    const mailer = createSmtpMailer(`smtp://${LOGIN}@127.0.0.1:${relay.port}`, { ca: relay.ca });
    expect(await mailer.send(sampleMail())).toMatchObject({ status: 'failed', permanent: false });
    expect(relay.messages).toEqual([]);
  });

  it('speaks in the clear when told to', async () => {
    const relay = await relayWith({ authOptional: true });
    const mailer = createSmtpMailer(`smtp://127.0.0.1:${relay.port}?tls=none`);
    expect(await mailer.send(sampleMail())).toMatchObject({ status: 'accepted' });
    expect(relay.secure).toEqual([false]);
  });

  it('tries again after a refused login, which somebody may mend', async () => {
    const relay = await relayWith();
    const mailer = createSmtpMailer(`smtp://reporter:old@127.0.0.1:${relay.port}`, {
      ca: relay.ca,
    });
    const delivery = await mailer.send(sampleMail());
    expect(delivery).toMatchObject({ status: 'failed', permanent: false });
    expect(delivery.detail).toMatch(/535/);
    expect(delivery.detail).not.toMatch(/\bold\b/);
  });

  it.each([
    { code: 550, permanent: true },
    { code: 554, permanent: true },
    { code: 503, permanent: false },
    { code: 451, permanent: false },
    { code: 421, permanent: false },
  ])('takes a $code for the recipient as permanent: $permanent', async ({ code, permanent }) => {
    const relay = await relayWith({
      onRcptTo: (_address, _session, callback) => {
        callback(refusal(code, 'not this one'));
      },
    });
    const mailer = createSmtpMailer(`smtp://${LOGIN}@127.0.0.1:${relay.port}`, { ca: relay.ca });
    const delivery = await mailer.send(sampleMail());
    expect(delivery).toMatchObject({ status: 'failed', permanent });
    expect(delivery.detail).toMatch(/not this one/);
  });

  it('gives up for good on a mail that the relay finds too large', async () => {
    const relay = await relayWith({ size: 1000 });
    const mailer = createSmtpMailer(`smtp://${LOGIN}@127.0.0.1:${relay.port}`, { ca: relay.ca });
    const delivery = await mailer.send(sampleMail({ text: 'x'.repeat(5000) }));
    expect(delivery).toMatchObject({ status: 'failed', permanent: true });
  });

  it('ends an attempt at a relay that never answers', async () => {
    const relay = await relayWith({
      onMailFrom: () => undefined,
    });
    const url = `smtp://${LOGIN}@127.0.0.1:${relay.port}`;
    const mailer = createSmtpMailer(url, { ca: relay.ca, timeoutMs: 1500 });
    expect(await mailer.send(sampleMail())).toMatchObject({ status: 'failed', permanent: false });
  });

  it.each([
    'http://relay.example',
    'relay.example:25',
    'smtp://relay.example?tls=maybe',
    'smtps://relay.example?tls=none',
    'smtp://user:secret-word@relay.example?tls=none',
    'smtp://user:secret-word%zz@relay.example',
    '',
  ])('refuses the address %j without repeating it', (url) => {
    let error: unknown;
    try {
      createSmtpMailer(url);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: 'SETTINGS_INVALID' });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/secret-word/);
  });
});
