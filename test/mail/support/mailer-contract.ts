import type { Mailer } from '../../../src/core/mail';
import { sampleMail } from './mails';
import type { Received } from './received';

export interface MailerUnderTest {
  readonly mailer: Mailer;
  /** The same kind of mailer with nobody at the other end. */
  readonly unreachable: Mailer;
  received(): Promise<readonly Received[]>;
  stop(): Promise<void>;
}

/** What every mailer must do. Called inside a describe block. */
export function itKeepsTheMailerContract(start: () => Promise<MailerUnderTest>): void {
  let parts: MailerUnderTest;
  beforeAll(async () => {
    parts = await start();
  });
  afterAll(() => parts.stop());

  async function sendAndReceive(mail = sampleMail()): Promise<Received> {
    const delivery = await parts.mailer.send(mail);
    expect(delivery).toEqual({ status: 'accepted', detail: expect.stringMatching(/\w.*\.?$/) });
    const received = await parts.received();
    return received.at(-1)!;
  }

  it('delivers sender, recipient, subject, both bodies and every byte of an attachment', async () => {
    const mail = sampleMail();
    const received = await sendAndReceive(mail);
    expect(received).toMatchObject({
      from: 'tallyman@contoso.example',
      to: mail.to,
      subject: mail.subject,
      attachments: [{ name: 'report-2026-11-21.pdf', contentType: 'application/pdf' }],
    });
    expect(received.text.trim()).toBe(mail.text);
    expect(received.html.trim()).toBe(mail.html);
    const [attachment] = received.attachments;
    expect(attachment!.content.equals(mail.attachments[0]!.content)).toBe(true);
  });

  it('gives both copies of a mail that is sent twice the same identity', async () => {
    const first = await sendAndReceive();
    const second = await sendAndReceive();
    expect(first.identity).not.toBe('');
    expect(second.identity).toBe(first.identity);
  });

  it('gives mails with different keys different identities', async () => {
    const first = await sendAndReceive();
    const second = await sendAndReceive(sampleMail({ key: 'b'.repeat(64) }));
    expect(second.identity).not.toBe(first.identity);
  });

  it('turns line breaks, direction marks and lone surrogates of a subject into spaces', async () => {
    const subject = 'Report\r\nBcc: eve@evil.example\u202e\u0000 end\ud800';
    const received = await sendAndReceive(sampleMail({ key: 'c'.repeat(64), subject }));
    expect(received.subject).toBe('Report Bcc: eve@evil.example  end');
    expect(received.to).toBe('officer@contoso.example');
  });

  it.each([
    'officer@contoso.example, eve@evil.example',
    'officer@contoso.example\r\nBcc: eve@evil.example',
    'Everybody: a@contoso.example, b@contoso.example;',
    'nobody',
    '',
  ])('refuses for good to send to %j', async (to) => {
    const before = (await parts.received()).length;
    const delivery = await parts.mailer.send(sampleMail({ to }));
    expect(delivery).toMatchObject({ status: 'failed', permanent: true });
    expect(delivery.detail).toMatch(/^The recipient .* is not one mail address\.$/);
    expect(await parts.received()).toHaveLength(before);
  });

  it('fails for now, and does not throw, when nobody answers', async () => {
    const delivery = await parts.unreachable.send(sampleMail());
    expect(delivery).toMatchObject({ status: 'failed', permanent: false });
    expect(delivery.detail).not.toBe('');
  });
}
