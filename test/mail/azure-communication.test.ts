import { createAzureCommunicationMailer, operationId } from '../../src/mail/azure-communication';
import type { TallymanError } from '../../src/core/errors';
import type { Mailer } from '../../src/core/mail';
import { startCommunicationService } from './support/communication-service';
import type { CommunicationService } from './support/communication-service';
import { itKeepsTheMailerContract } from './support/mailer-contract';
import { sampleMail } from './support/mails';

/** The local server speaks plain HTTP, and answers at once. */
const LOCAL = { pollIntervalMs: 5, client: { allowInsecureConnection: true } };

describe('the Azure Communication Services mailer', () => {
  let service: CommunicationService;
  let mailer: Mailer;
  beforeAll(async () => {
    service = await startCommunicationService();
    const { connectionString } = service;
    mailer = createAzureCommunicationMailer({ connectionString, ...LOCAL });
  });
  afterAll(() => service.stop());
  beforeEach(() => {
    for (const list of [
      service.received,
      service.requests,
      service.sendReplies,
      service.statusReplies,
    ]) {
      list.length = 0;
    }
  });

  itKeepsTheMailerContract(async () => {
    const other = await startCommunicationService();
    const { connectionString } = other;
    const nobody = connectionString.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1');
    return {
      mailer: createAzureCommunicationMailer({ connectionString, ...LOCAL }),
      unreachable: createAzureCommunicationMailer({ connectionString: nobody, ...LOCAL }),
      received: () => Promise.resolve(other.received),
      stop: () => other.stop(),
    };
  });

  it('signs its request and names the operation by a GUID that is the same every time', async () => {
    await mailer.send(sampleMail());
    expect(service.authorizations.at(-1)).toMatch(/^HMAC-SHA256 /);
    expect(service.received[0]!.identity).toBe(operationId(sampleMail().key));
    expect(operationId(sampleMail().key)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('looks at the status at most three times, and says how far it saw the mail come', async () => {
    const running = { status: 200, body: { id: 'x', status: 'Running', error: null } };
    service.statusReplies.push(running, running, running, running, running);
    const delivery = await mailer.send(sampleMail());
    expect(delivery).toMatchObject({
      status: 'accepted',
      detail: expect.stringMatching(/had not finished/),
    });
    expect(service.requests.filter((request) => request.startsWith('GET'))).toHaveLength(3);
  });

  it('fails for good when the operation ends badly', async () => {
    const error = {
      code: 'EmailDroppedAllRecipientsSuppressed',
      message: 'All recipients are on the list.',
    };
    service.statusReplies.push({ status: 200, body: { id: 'x', status: 'Failed', error } });
    const delivery = await mailer.send(sampleMail());
    expect(delivery).toMatchObject({ status: 'failed', permanent: true });
    expect(delivery.detail).toMatch(/EmailDroppedAllRecipientsSuppressed/);
  });

  it.each([
    ['a page of the network in between', '<html>Welcome to the hotel’s network'],
    ['an answer that is not the service’s', { hello: 'world' }],
  ])('takes %s with status 200 for no answer, and sends again later', async (_, body) => {
    service.sendReplies.push({ status: 200, headers: {}, body });
    expect(await mailer.send(sampleMail())).toMatchObject({ status: 'failed', permanent: false });
  });

  it('does not send again a mail that was taken over and whose status cannot be read', async () => {
    service.statusReplies.push({ status: 429, headers: { 'retry-after': '3600' } });
    const delivery = await mailer.send(sampleMail());
    expect(delivery).toMatchObject({
      status: 'accepted',
      detail: expect.stringMatching(/could not be read/),
    });
    expect(service.requests).toHaveLength(2);
  });

  it.each([
    { status: 400, permanent: true },
    { status: 413, permanent: true },
    { status: 401, permanent: false },
    { status: 404, permanent: false },
    { status: 429, permanent: false },
    { status: 500, permanent: false },
    { status: 503, permanent: false },
  ])('takes HTTP $status as permanent: $permanent, after one request', async (row) => {
    const error = { code: 'SomeCode', message: 'Some sentence.' };
    service.sendReplies.push({
      status: row.status,
      headers: { 'retry-after': '3600' },
      body: { error },
    });
    const delivery = await mailer.send(sampleMail());
    expect(delivery).toMatchObject({ status: 'failed', permanent: row.permanent });
    expect(delivery.detail).toMatch(new RegExp(`^HTTP ${row.status}: .*Some`));
    expect(service.requests).toHaveLength(1);
  });

  it('fails for now when the answer is lost, so that the next attempt repeats the operation', async () => {
    service.sendReplies.push({ status: 202, cut: true });
    expect(await mailer.send(sampleMail())).toMatchObject({ status: 'failed', permanent: false });
    await mailer.send(sampleMail());
    expect(new Set(service.received.map(({ identity }) => identity)).size).toBe(1);
  });

  it.each([
    { name: 'report.html', contentType: 'application/octet-stream' },
    { name: 'report', contentType: 'text/html; charset=utf-8' },
  ])('refuses the HTML attachment $name without asking the service', async (file) => {
    const attachments = [{ ...file, content: Buffer.from('<p>') }];
    const delivery = await mailer.send(sampleMail({ attachments }));
    expect(delivery).toMatchObject({ status: 'failed', permanent: true });
    expect(delivery.detail).toMatch(/refuses HTML attachments/);
    expect(service.requests).toEqual([]);
  });

  it('refuses a mail of more than 10 MB in base64 without asking the service', async () => {
    const content = Buffer.alloc(8 * 1024 * 1024);
    const attachments = [{ name: 'report.pdf', contentType: 'application/pdf', content }];
    const delivery = await mailer.send(sampleMail({ attachments }));
    expect(delivery).toMatchObject({ status: 'failed', permanent: true });
    expect(delivery.detail).toMatch(/^The mail is 11\d{6} bytes .* takes 10485760\./);
    expect(service.requests).toEqual([]);
  });

  it('refuses a connection string that is none without repeating it', () => {
    const create = (): unknown =>
      createAzureCommunicationMailer({ connectionString: 'accesskey=secret-word' });
    expect(codeOf(create)).toBe('SETTINGS_INVALID');
    expect(create).not.toThrow(/secret-word/);
  });

  it('refuses an endpoint that is not https', () => {
    const credential = { getToken: () => Promise.resolve(null) };
    const create = (): unknown =>
      createAzureCommunicationMailer({ endpoint: 'http://contoso.example', credential });
    expect(codeOf(create)).toBe('SETTINGS_INVALID');
  });
});

function codeOf(create: () => unknown): unknown {
  try {
    return create();
  } catch (error) {
    return (error as TallymanError).code;
  }
}
