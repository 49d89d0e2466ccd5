import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerClient } from '@azure/storage-blob';
import { simpleParser } from 'mailparser';
import { createBlobStore } from '../../src/archive/blob-store';
import type { ChainEntry } from '../../src/archive/chain';
import { readChain } from '../../src/archive/chain';
import { verifyArchive } from '../../src/archive/verify';
import { appParts } from '../../src/functions/shared/app-parts';
import { generateSamples } from '../../src/samples/generate';
import type { Azurite } from '../support/azurite';
import { startAzurite } from '../support/azurite';
import { FunctionsHost } from '../support/functions-host';
import { copyTemplates } from '../support/templates';
import { HostQueues } from './support/host-queues';

const FUNCTIONS = join(__dirname, '../../src/functions');
const STREAM = 'daily.all';
const ROLE = 'Evidence.Read';
const VISITOR = '5d6e0a5e-6c6f-4a8e-9d0f-2d1f6a1b7c11';

/** What App Service authentication puts before the app. */
const principal = (...roles: string[]): string =>
  Buffer.from(
    JSON.stringify({
      auth_typ: 'aad',
      name_typ: 'name',
      role_typ: 'roles',
      claims: roles.map((val) => ({ typ: 'roles', val })),
    }),
  ).toString('base64');
const LOGGED_IN = {
  'x-ms-client-principal-id': VISITOR,
  'x-ms-client-principal': principal(ROLE),
};
const REVIEWER_ROLE = 'Evidence.Review';
const REVIEWER = {
  'x-ms-client-principal-id': '7c0a3f52-0d5b-4a0e-8f5e-9a1d3c2b4e66',
  'x-ms-client-principal-name': 'kim@contoso.com',
  'x-ms-client-principal': principal(ROLE, REVIEWER_ROLE),
};
/** What a browser sends with a form of the page itself. */
const FORM = {
  'content-type': 'application/x-www-form-urlencoded',
  'sec-fetch-site': 'same-origin',
  origin: 'https://tallyman.example',
};

// Much of the work is done in other processes, which may be slow.
jest.setTimeout(180_000);

let folder: string;
let azurite: Azurite;
let host: FunctionsHost;
let queues: HostQueues;
let container: ContainerClient;

/** Only Date: the storage clients need real timers. */
function setTime(now: string): void {
  jest.useFakeTimers({
    now: new Date(now),
    doNotFake: [
      ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const),
      ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] as const),
      ...(['setTimeout', 'clearTimeout'] as const),
    ],
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-functions-'));
  azurite = await startAzurite();
  container = new ContainerClient(azurite.connectionString, 'evidence');
  await container.create();
  await generateSamples({
    seed: 1,
    firstDay: '2026-03-08',
    days: 6,
    registries: 1,
    eventsPerDay: 250,
    timeZone: 'Asia/Seoul',
    out: join(folder, 'logs'),
  });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  Object.assign(process.env, {
    TALLYMAN_LOG_ARCHIVE: join(folder, 'logs'),
    TALLYMAN_ARCHIVE: `${azurite.blobUrl}/evidence`,
    TALLYMAN_STORAGE_CONNECTION: azurite.connectionString,
    TALLYMAN_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    TALLYMAN_MAIL: 'eml',
    TALLYMAN_MAIL_FOLDER: join(folder, 'mail'),
    TALLYMAN_MAIL_FROM: 'tallyman@example.com',
    TALLYMAN_SINCE: '2026-03-09',
    TALLYMAN_EVIDENCE_PAGE: 'app-service-authentication',
    TALLYMAN_EVIDENCE_ROLE: ROLE,
    TALLYMAN_REVIEWER_ROLE: REVIEWER_ROLE,
    TALLYMAN_TEMPLATES: copyTemplates(join(folder, 'templates'), ['repository-deletions']),
  });
  const files = readdirSync(FUNCTIONS).filter((name) => name.endsWith('.ts'));
  host = await FunctionsHost.start(files.map((name) => join(FUNCTIONS, name)));
  queues = new HostQueues(azurite.connectionString, host);
});

afterAll(async () => {
  jest.useRealTimers();
  // In Azure the app is never closed: its processes end with it.
  const { parts } = await appParts();
  await parts.source.close();
  await host.stop();
  await azurite.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function wakeUp(): Promise<string[]> {
  await queues.write(await host.fireTimer('plan'));
  return queues.waiting('tallyman-runs');
}

async function chain(): Promise<ChainEntry[]> {
  return readChain(createBlobStore(container), STREAM);
}

async function sealed(): Promise<string[]> {
  return (await chain()).flatMap(({ manifest: { predicate } }) =>
    'period' in predicate ? [`${predicate.kind} ${predicate.period.id}`] : [],
  );
}

/** Each mail's subject and text, on one line. */
async function mails(): Promise<string[]> {
  const names = readdirSync(join(folder, 'mail')).sort();
  return Promise.all(
    names.map(async (name) => {
      const { subject = '', text = '' } = await simpleParser(
        readFileSync(join(folder, 'mail', name)),
      );
      return `${subject} ${text}`.replace(/\s+/g, ' ');
    }),
  );
}

// The tests are one story: each goes on where the one before ended.
describe('two days after the logs began', () => {
  beforeAll(() => {
    setTime('2026-03-11T04:05:00.000Z');
  });

  it('health says that nothing was sealed, and answers 503', async () => {
    const response = await host.request('health', '/api/health');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'overdue',
      streams: [{ stream: STREAM, lastSealed: null, newestDue: '2026-03-10', missing: 2 }],
    });
  });

  it('the timer queues the oldest run that is missing', async () => {
    const messages = await wakeUp();
    expect(messages.map((text) => JSON.parse(text) as unknown)).toEqual([
      {
        report: 'daily',
        scope: 'all',
        period: '2026-03-09',
        trigger: 'catch-up',
        plannedAt: '2026-03-11T04:05:00.000Z',
      },
    ]);
  });

  it('a run is sealed and has its stream’s next one made, in order', async () => {
    expect(await queues.deliverAll('tallyman-runs', 'run')).toBe(2);
    expect(await sealed()).toEqual(['run 2026-03-09', 'run 2026-03-10']);
    const triggers = (await chain()).flatMap(({ manifest: { predicate } }) =>
      predicate.kind === 'run' ? [predicate.trigger] : [],
    );
    expect(triggers).toEqual(['catch-up', 'timer']);
  });

  it('the run that was made in its time is mailed by itself, and those made up in one digest', async () => {
    const sent = await mails();
    expect(sent).toHaveLength(2);
    expect(sent.filter((text) => text.includes('1 late report'))).toHaveLength(1);
  });

  it('the next timer queues nothing new', async () => {
    expect(await wakeUp()).toEqual([]);
  });

  it('a message that comes twice, too early or for another report makes nothing', async () => {
    const message = {
      report: 'daily',
      scope: 'all',
      trigger: 'manual',
      plannedAt: '2026-03-11T04:05:00.000Z',
    };
    const others = [
      { ...message, period: '2026-03-10' },
      { ...message, period: '2026-03-11' },
      { ...message, period: '2026-02-01' },
      { ...message, period: '2026-03-10', report: 'other' },
    ];
    for (const other of others) {
      expect(await host.deliver('run', JSON.stringify(other))).toEqual([]);
      expect(await host.deliver('run-poison', JSON.stringify(other))).toEqual([]);
    }
    expect(await sealed()).toEqual(['run 2026-03-09', 'run 2026-03-10']);
  });

  it('health says that all is good', async () => {
    setTime('2026-03-11T04:10:00.000Z');
    const response = await host.request('health', '/api/health');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: 'good',
      checkedAt: '2026-03-11T04:10:00.000Z',
      streams: [
        {
          stream: STREAM,
          status: 'good',
          lastSealed: { period: '2026-03-10', sealedAt: '2026-03-11T04:05:00.000Z' },
          newestDue: '2026-03-10',
          missing: 0,
          missingSince: null,
          trouble: [],
        },
      ],
      mail: { waiting: 0, failed: 0 },
    });
  });
});

describe('the evidence page', () => {
  it('lets nobody in without a login', async () => {
    const response = await host.request('evidence', '/api/evidence/daily.all');
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain('daily');
  });

  it('shows the streams and a period', async () => {
    const first = await host.request('evidence', '/api/evidence', { headers: LOGGED_IN });
    expect(first.status).toBe(200);
    expect(first.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await first.text();
    expect(page).toContain('href="/api/evidence/daily.all');
    const period = await host.request('evidence', '/api/evidence/daily.all/2026-03-10', {
      headers: LOGGED_IN,
    });
    expect(period.status).toBe(200);
  });

  it('gives a sealed file’s bytes', async () => {
    const path = 'daily.all/runs/2026-03-10/report.pdf';
    const response = await host.request('evidence', `/api/evidence/files/${path}`, {
      headers: LOGGED_IN,
    });
    expect(response.headers.get('content-type')).toBe('application/pdf');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.equals(await container.getBlobClient(path).downloadToBuffer())).toBe(true);
  });

  it('answers HEAD with the headers alone', async () => {
    const response = await host.request(
      'evidence',
      '/api/evidence/files/daily.all/runs/2026-03-10/report.html',
      { method: 'HEAD', headers: LOGGED_IN },
    );
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(1000);
    expect(await response.text()).toBe('');
  });

  it.each(['packs', '%70acks'])('streams a ZIP file of the whole stream at %s', async (packs) => {
    const response = await host.request('evidence', `/api/evidence/${packs}/daily.all.zip`, {
      headers: LOGGED_IN,
    });
    expect(response.headers.get('content-type')).toBe('application/zip');
    const file = join(folder, 'pack.zip');
    writeFileSync(file, Buffer.from(await response.arrayBuffer()));
    expect(execFileSync('unzip', ['-tq', file], { encoding: 'utf8' })).toContain('No errors');
  });

  it.each([
    ['no header', {}, 401],
    ['roles without an id', { 'x-ms-client-principal': principal(ROLE) }, 401],
    ['two ids in one header', { ...LOGGED_IN, 'x-ms-client-principal-id': `${VISITOR}, x` }, 401],
    ['a principal that is not one', { ...LOGGED_IN, 'x-ms-client-principal': '{}' }, 401],
    [
      'claims that are not a list',
      { ...LOGGED_IN, 'x-ms-client-principal': btoa('{"claims":{}}') },
      401,
    ],
    [
      'another role',
      { ...LOGGED_IN, 'x-ms-client-principal': principal('Other', `${ROLE}.All`) },
      403,
    ],
    ['an id alone', { 'x-ms-client-principal-id': VISITOR }, 403],
    ['a proxy’s headers', { 'x-forwarded-user': VISITOR, 'x-original-url': '/api/health' }, 401],
  ])('gives nothing to a visitor with %s', async (_, headers, status) => {
    const path = '/api/evidence/files/daily.all/runs/2026-03-10/report.pdf';
    const response = await host.request('evidence', path, { headers });
    expect(response.status).toBe(status);
    expect((await response.text()).length).toBeLessThan(100);
  });

  it('writes down who took which file, before it is given away', async () => {
    const store = createBlobStore(
      new ContainerClient(azurite.connectionString, 'evidence-private'),
    );
    const taken: unknown[] = [];
    for await (const { path } of store.list('access/')) {
      const content = Buffer.from((await store.read(path)) ?? []).toString();
      taken.push(JSON.parse(content));
    }
    const paths = taken.map((access) => (access as { path: string }).path).sort();
    expect(paths).toEqual([
      '/api/evidence/%70acks/daily.all.zip',
      '/api/evidence/files/daily.all/runs/2026-03-10/report.html',
      '/api/evidence/files/daily.all/runs/2026-03-10/report.pdf',
      '/api/evidence/packs/daily.all.zip',
    ]);
    expect(taken[0]).toMatchObject({ schema: 'tallyman/access/1', visitor: VISITOR });
    const events = host.log.filter(({ text }) => text.includes('"event":"evidence-access"'));
    expect(events).toHaveLength(4);
  });

  it('has no other files', async () => {
    const paths = [
      ...['files/..%2Fevidence-private/outbox', 'files/daily.all/../../x', 'x'],
      ...['files/..%2f..%2fevidence-private', 'files/daily.all%2f..%2f..%2fevidence-private/x'],
      ...['files/%2e%2e/evidence-private', 'files/daily.all/runs/..%5c..%5cx', 'files/%00'],
      ...['files//daily.all/runs/2026-03-10/report.pdf', 'files/https:%2f%2fevil.example/x'],
      ...['packs/..%2fevidence-private.zip', 'packs/daily.all/..%2f..%2fx.zip', 'files/%zz'],
    ];
    for (const path of paths) {
      const response = await host.request('evidence', `/api/evidence/${path}`, {
        headers: LOGGED_IN,
      });
      expect(response.status).toBe(404);
    }
  });
});

describe('signing off', () => {
  const PAGE = '/api/evidence/daily.all/2026-03-10';

  /** What the form on the period's page holds, filled in. */
  async function form(change: Record<string, string> = {}): Promise<string> {
    const page = await (await host.request('evidence', PAGE, { headers: REVIEWER })).text();
    const hidden = [...page.matchAll(/type="hidden"\s+name="(\w+)"\s+value="([^"]*)"/g)];
    const fields = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
    const said = { decision: 'accepted', comment: 'Change 4711.\r\n<b>bold</b>\u202e' };
    return new URLSearchParams({ ...fields, ...said, ...change }).toString();
  }

  const send = async (
    body: string,
    headers: Readonly<Record<string, string>> = { ...REVIEWER, ...FORM },
  ): Promise<Response> => host.request('review', '/api/review', { method: 'POST', headers, body });

  const reviewed = async (): Promise<string[]> =>
    (await sealed()).filter((text) => text.startsWith('review'));

  it('shows the form to reviewers alone', async () => {
    const own = await host.request('evidence', PAGE, { headers: REVIEWER });
    expect(own.headers.get('content-security-policy')).toContain("form-action 'self'");
    expect(await own.text()).toContain('<form method="post" action="/api/review"');
    const other = await host.request('evidence', PAGE, { headers: LOGGED_IN });
    expect(other.headers.get('content-security-policy')).toContain("form-action 'none'");
    expect(await other.text()).not.toMatch(/<form|Sign off/);
  });

  it.each([
    ['nobody', {}, 401],
    ['a role without a login', { 'x-ms-client-principal': principal(ROLE, REVIEWER_ROLE) }, 401],
    [
      'two ids in one header',
      { ...REVIEWER, 'x-ms-client-principal-id': `${VISITOR}, ${VISITOR}` },
      401,
    ],
    ['a principal that is not one', { ...REVIEWER, 'x-ms-client-principal': 'e30=' }, 401],
    ['a reader', LOGGED_IN, 403],
    [
      'a reviewer who may not read',
      { ...REVIEWER, 'x-ms-client-principal': principal(REVIEWER_ROLE) },
      403,
    ],
    [
      'a role that only looks like it',
      { ...REVIEWER, 'x-ms-client-principal': principal(ROLE, `${REVIEWER_ROLE}.All`) },
      403,
    ],
    [
      'a role in a claim of another type',
      {
        ...REVIEWER,
        'x-ms-client-principal': btoa(
          JSON.stringify({
            claims: [
              { typ: 'roles', val: ROLE },
              { typ: 'groups', val: REVIEWER_ROLE },
            ],
          }),
        ),
      },
      403,
    ],
    ['a form of another site', { ...REVIEWER, 'sec-fetch-site': 'cross-site' }, 403],
    [
      'an old browser on another site',
      { ...REVIEWER, 'sec-fetch-site': '', origin: 'https://evil.example' },
      403,
    ],
    ['another type of body', { ...REVIEWER, 'content-type': 'text/plain' }, 415],
  ])('takes nothing from %s', async (_, headers, status) => {
    const response = await send(await form(), { ...FORM, ...headers });
    expect(response.status).toBe(status);
    expect(await reviewed()).toEqual([]);
  });

  it('refuses a form that is too long or not whole, and what was not read', async () => {
    expect((await send(await form({ comment: 'x'.repeat(200_000) }))).status).toBe(413);
    expect((await send('')).status).toBe(400);
    expect((await send(await form({ comment: ' ', decision: 'noted' }))).status).toBe(400);
    const other = await send(await form({ sha256: '0'.repeat(64) }));
    expect([other.status, await other.text()]).toEqual([
      409,
      expect.stringContaining('the review is of another one'),
    ]);
    expect(await reviewed()).toEqual([]);
  });

  it('seals a decision once, with the login’s name in its file alone', async () => {
    const said = await form();
    const replies = await Promise.all([send(said), send(said)]);
    for (const reply of replies) {
      expect([reply.status, reply.headers.get('location')]).toEqual([303, `${PAGE}#review`]);
    }
    expect(await reviewed()).toEqual(['review 2026-03-10']);
    const page = await (await host.request('evidence', PAGE, { headers: LOGGED_IN })).text();
    expect(page).toMatch(/>accepted<\/span>\s*by <strong>kim@contoso\.com<\/strong> \(logged in/);
    expect(page).toMatch(/Change 4711\.<br \/>\s*&lt;b&gt;bold&lt;\/b&gt;&lt;U\+202E&gt;/);
    const store = createBlobStore(container);
    for await (const { path } of store.list('')) {
      const text = Buffer.from((await store.read(path)) ?? []).toString('latin1');
      expect([path, text.includes('kim@contoso.com')]).toEqual([path, /\/reviews\//.test(path)]);
    }
    expect((await verifyArchive(store)).discrepancies).toEqual([]);
  });

  it('writes down who sent what, also what was refused', async () => {
    const events = host.log.flatMap(({ text }) =>
      text.includes('"event":"review"') ? [JSON.parse(text) as Record<string, unknown>] : [],
    );
    const statuses = events.map(({ status }) => status).sort();
    expect(new Set(statuses)).toEqual(new Set([303, 400, 403, 409, 413, 415]));
    const id = REVIEWER['x-ms-client-principal-id'];
    expect(events.filter(({ status }) => status === 303)).toMatchObject([
      { visitor: id },
      { visitor: id },
    ]);
    const kept = createBlobStore(new ContainerClient(azurite.connectionString, 'evidence-private'));
    const paths: unknown[] = [];
    for await (const { path } of kept.list('access/')) {
      const content = Buffer.from((await kept.read(path)) ?? []).toString();
      if (content.includes('/api/review')) paths.push(JSON.parse(content));
    }
    expect(paths).toHaveLength(events.length);
    // A name is a person's, and the log is not the place for it.
    expect(host.log.filter(({ text }) => text.includes('kim@'))).toEqual([]);
  });
});

describe('a run that can’t be made', () => {
  beforeAll(async () => {
    // Somebody put a file where the run of this period will be made.
    await container.getBlockBlobClient('daily.all/runs/2026-03-11/run.json').upload('{}', 2);
  });

  it('is tried again by each wake-up of a day, and missing meanwhile', async () => {
    setTime('2026-03-12T20:05:00.000Z');
    const before = await sealed();
    for (let hours = 0; hours < 2; hours += 1) {
      expect(await wakeUp()).toHaveLength(1);
      expect(await queues.deliverAll('tallyman-runs', 'run')).toBe(5);
      expect(await queues.deliverAll('tallyman-runs-poison', 'run-poison')).toBe(1);
      expect(host.log.at(-1)).toMatchObject({
        level: 'error',
        text: 'daily.all 2026-03-11 failed in 5 attempts; the next wake-up tries again.',
      });
    }
    expect(await sealed()).toEqual(before);
    const response = await host.request('health', '/api/health');
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { status: 'overdue', streams: [{ missing: 1, missingSince: '2026-03-11T22:00:00.000Z' }] },
    ]);
  });

  it('is then recorded as a gap, and the next period is made', async () => {
    setTime('2026-03-12T22:05:00.000Z');
    await wakeUp();
    expect(await queues.deliverAll('tallyman-runs', 'run')).toBe(5);
    expect(host.log.some(({ text }) => text.includes('ARCHIVE_CONFLICT'))).toBe(true);
    expect(await queues.deliverAll('tallyman-runs-poison', 'run-poison')).toBe(1);
    const gap = (await chain()).at(-1)?.manifest.predicate;
    expect(gap).toMatchObject({
      kind: 'gap',
      period: { id: '2026-03-11' },
      attempts: 5,
      since: '2026-03-12T22:05:00.000Z',
    });
    await wakeUp();
    await queues.deliverAll('tallyman-runs', 'run');
    expect((await sealed()).slice(3)).toEqual(['gap 2026-03-11', 'run 2026-03-12']);
  });

  it('is in the mail', async () => {
    const told = (await mails()).filter((text) => text.includes('could not be made in 5 attempts'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('11 March 2026');
  });

  it('leaves an archive that verifies', async () => {
    const { discrepancies } = await verifyArchive(createBlobStore(container), {
      from: '2026-03-09',
      to: '2026-03-13',
    });
    expect(discrepancies).toEqual([]);
  });
});

describe('closed periods', () => {
  it('are asked again when that is due and no run is missing, one after the other', async () => {
    setTime('2026-03-13T22:05:00.000Z');
    await wakeUp();
    await queues.deliverAll('tallyman-runs', 'run');
    const before = await sealed();
    const messages = (await wakeUp()).map((text) => JSON.parse(text) as object);
    expect(messages).toMatchObject([{ period: '2026-03-10', trigger: 'ask-again' }]);
    expect(await queues.deliverAll('tallyman-runs', 'run')).toBe(2);
    const said = host.log.flatMap(
      ({ text }) => / (\S+) asked again: (\w+)/.exec(text)?.slice(1) ?? [],
    );
    expect(said).toEqual(['2026-03-10', 'asked', '2026-03-12', 'asked']);
    // Nothing differs, so nothing is sealed, and nobody is asked twice for the same day.
    expect(await sealed()).toEqual(before);
    expect(await wakeUp()).toEqual([]);
  });
});

it('no secret is in a log line, a mail or the archive', async () => {
  const pem = process.env['TALLYMAN_SIGNING_KEY'] ?? '';
  const secrets = [pem.split('\n')[1] ?? '', azurite.accountKey];
  expect(secrets.every((secret) => secret.length > 40)).toBe(true);
  const texts = [...host.log.map(({ text }) => text), ...(await mails())];
  for (const name of ['evidence', 'evidence-private']) {
    const store = createBlobStore(new ContainerClient(azurite.connectionString, name));
    for await (const { path } of store.list('')) {
      texts.push(Buffer.from((await store.read(path)) ?? []).toString('latin1'));
    }
  }
  expect(texts.length).toBeGreaterThan(50);
  expect(texts.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
});

describe('a message that is no run', () => {
  it.each(['not JSON', '{}', '{"report":"../x","scope":"all","period":"2026-03-11"}', '[1]'])(
    '%s is tried, logged and dropped',
    async (text) => {
      const logged = host.log.length;
      await queues.write([{ queueName: 'tallyman-runs', text }]);
      expect(await queues.deliverAll('tallyman-runs', 'run')).toBe(5);
      expect(await queues.deliverAll('tallyman-runs-poison', 'run-poison')).toBe(1);
      const errors = host.log.slice(logged).filter(({ level }) => level === 'error');
      expect(errors).toHaveLength(6);
      expect(errors.every((line) => line.text.startsWith('ARGUMENT_INVALID'))).toBe(true);
    },
  );
});
