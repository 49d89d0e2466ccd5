import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CryptographyClientOptions } from '@azure/keyvault-keys';
import { readChain } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { openKeyVaultSigner } from '../../src/archive/key-vault-signer';
import { createTimeAuthority } from '../../src/archive/time-stamp';
import { verifyArchive } from '../../src/archive/verify';
import type { Composed } from '../../src/compose';
import type { Archive, Signer } from '../../src/core/archive';
import { createLogAnalytics } from '../../src/logs/log-analytics';
import { createAzureCommunicationMailer } from '../../src/mail/azure-communication';
import { createOutbox } from '../../src/mail/outbox';
import type { Parts } from '../../src/run/parts';
import { runDue } from '../../src/run/run-due';
import type { KeyVault } from '../archive/support/key-vault';
import { CREDENTIAL, startKeyVault, willSign } from '../archive/support/key-vault';
import type { WireServer } from '../logs/wire-server';
import { startWireServer } from '../logs/wire-server';
import type { CommunicationService } from '../mail/support/communication-service';
import { startCommunicationService } from '../mail/support/communication-service';
import type { LocalAuthority } from '../support/time-authority';
import { startTimeAuthority } from '../support/time-authority';
import type { Fault, FaultProxy } from './support/fault-proxy';
import { FAULTS, startFaultProxy } from './support/fault-proxy';
import { record, STRIDE } from './support/figures';
import { composeSmall, smallTemplates } from './support/small-report';

const NOW = '2026-03-09T22:30:00.000Z';
const SINCE = '2026-03-09';
const STREAM = 'daily.all';
/** Long after every attempt to send a mail that failed. */
const LATER = '2026-03-09T23:30:00.000Z';
/** With a service that will say nothing, in place of a minute and more; and with the others. */
const [IMPATIENCE_MS, PATIENCE_MS] = [1_500, 60_000];

const SERVICES = ['vault', 'workspace', 'authority', 'mail'] as const;
type Service = (typeof SERVICES)[number];

let folder: string;
let composed: Composed;
let vault: KeyVault;
let workspace: WireServer;
let authority: LocalAuthority;
let mail: CommunicationService;
let proxies: Record<Service, FaultProxy>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-services-'));
  const templates = smallTemplates(join(folder, 'templates'));
  composed = await composeSmall({ templates, folder, now: NOW });
  vault = await startKeyVault();
  workspace = await startWireServer(composed.parts.source);
  // Hundreds of wake-ups in a minute would be refused for their number, which is not what is tried here.
  workspace.limits.perWindow = Infinity;
  authority = await startTimeAuthority();
  mail = await startCommunicationService();
  const { endpoint } = /endpoint=(?<endpoint>[^;]+)/.exec(mail.connectionString)!.groups!;
  proxies = {
    vault: await startFaultProxy(vault.address, 'vault'),
    workspace: await startFaultProxy(workspace.address, 'workspace'),
    authority: await startFaultProxy(authority.url, 'authority'),
    mail: await startFaultProxy(endpoint!, 'mail'),
  };
});
afterAll(async () => {
  for (const proxy of Object.values(proxies)) await proxy.stop();
  for (const service of [workspace, vault, mail]) await service.stop();
  await authority.close();
  await composed.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends what is meant for a server of a test by way of its proxy. */
function byWayOf(
  proxy: FaultProxy,
  address: string,
): NonNullable<CryptographyClientOptions['additionalPolicies']>[number] {
  return {
    position: 'perRetry',
    policy: {
      name: 'byWayOfProxy',
      sendRequest: (request, next) => {
        request.url = request.url.replace(address, proxy.url);
        return next(request);
      },
    },
  };
}

/** The vault must know the bytes that it will be asked to sign. */
function announcing(signer: Signer): Signer {
  return { ...signer, sign: (bytes) => signer.sign(willSign(bytes)) };
}

async function openVaultSigner(limitMs: number): Promise<Signer> {
  const signer = await openKeyVaultSigner({
    keyId: vault.keyId,
    credential: CREDENTIAL,
    seconds: limitMs / 1000,
    client: {
      ...vault.client,
      additionalPolicies: [
        ...(vault.client.additionalPolicies ?? []),
        byWayOf(proxies.vault, vault.address),
      ],
    },
  });
  return announcing(signer);
}

/** Real clients of every service, over an archive in a folder. */
async function partsOf(
  archive: Archive,
  privateStore: Archive,
  now: string,
  silent: Service | undefined,
): Promise<Parts> {
  const limitMs = (service: Service): number => (service === silent ? IMPATIENCE_MS : PATIENCE_MS);
  const { client } = workspace;
  const mailer = createAzureCommunicationMailer({
    connectionString: mail.connectionString.replace(/http:\/\/[^/]+/, proxies.mail.url),
    pollIntervalMs: 5,
    timeLimitMs: limitMs('mail'),
    client: { allowInsecureConnection: true },
  });
  return {
    ...composed.parts,
    archive,
    privateStore,
    now: () => now,
    signer: await openVaultSigner(limitMs('vault')),
    source: createLogAnalytics({
      ...client,
      clientOptions: {
        additionalPolicies: [
          ...(client.clientOptions.additionalPolicies ?? []),
          byWayOf(proxies.workspace, workspace.address),
        ],
      },
      now: () => now,
      random: () => 0,
      retryDelayMs: 1,
      stallMs: limitMs('workspace'),
      queryLimits: { concurrent: 4, perWindow: 1e6, windowMs: 1 },
    }),
    timeAuthority: createTimeAuthority(proxies.authority.url, limitMs('authority')),
    mail: {
      from: 'tallyman@example.com',
      outbox: createOutbox({ store: privateStore, mailer, now: () => now }),
    },
  };
}

/** What a wake-up left behind. */
interface Left {
  readonly isDone: boolean;
  readonly discrepancies: readonly string[];
  readonly entries: readonly string[];
  readonly outcome: string;
  /** The digests of the rows that the audits gave. */
  readonly rows: readonly string[];
  readonly witnesses: number;
  /** The operation of each mail that the service took, one for each time. */
  readonly mails: readonly string[];
}

type FaultOf = (service: Service) => Fault | undefined;

let archives = 0;

/** Wakes up with faults, and an hour later without. One service may be silent. */
async function wakeUpTwice(faultOf: FaultOf, silent?: Service): Promise<[Left, Left]> {
  archives += 1;
  const place = join(folder, String(archives));
  const archive = createFolderStore(join(place, 'archive'));
  const privateStore = createFolderStore(join(place, 'private'));
  mail.received.length = 0;
  const wakeUp = async (now: string): Promise<Left> => {
    let isDone = false;
    try {
      const parts = await partsOf(archive, privateStore, now, silent);
      isDone = (await runDue(parts, SINCE)).failed.length === 0;
    } catch {
      // Not even the key could be read.
    }
    return { isDone, ...(await leftIn(archive)) };
  };
  for (const service of SERVICES) proxies[service].faultOf = () => faultOf(service);
  const first = await wakeUp(NOW);
  for (const service of SERVICES) proxies[service].faultOf = () => undefined;
  const second = await wakeUp(LATER);
  rmSync(place, { recursive: true });
  return [first, second];
}

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const one of all) collected.push(one);
  return collected;
}

async function leftIn(archive: Archive): Promise<Omit<Left, 'isDone'>> {
  const entries = await readChain(archive, STREAM);
  const { discrepancies } =
    entries.length === 0 ? { discrepancies: [] } : await verifyArchive(archive, {});
  const run = entries.find(({ manifest }) => manifest.predicate.kind === 'run')?.manifest;
  const witnesses = await collect(archive.list(`${STREAM}/witnesses/`));
  return {
    discrepancies: discrepancies.map(({ code }) => code),
    entries: entries.map(({ manifest }) => manifest.predicate.kind),
    outcome: run?.predicate.kind === 'run' ? run.predicate.outcome : 'none',
    rows: (run?.subject ?? [])
      .filter(({ name }) => name.endsWith('.csv'))
      .map(({ name, digest }) => `${name} ${digest.sha256}`),
    witnesses: witnesses.length,
    mails: mail.received.map(({ identity }) => identity),
  };
}

describe('a run with a vault, a workspace, a time-stamping authority and a mail service', () => {
  const requests = { vault: 0, workspace: 0, authority: 0, mail: 0 };
  let sound: Left;

  beforeAll(async () => {
    // The first answers take the workspace’s engine longer than an impatient client waits.
    await wakeUpTwice(() => undefined);
    const [first, second] = await wakeUpTwice((service) => {
      requests[service] += 1;
      return undefined;
    });
    expect(first).toMatchObject({ isDone: true, discrepancies: [], witnesses: 2, outcome: 'fail' });
    expect(first.entries).toEqual(['genesis', 'run']);
    expect(first.mails).toHaveLength(1);
    expect(second).toEqual(first);
    sound = first;
  });

  /** Every request to a service goes wrong in turn, in each of the ways. */
  async function eachGoesWrong(
    service: Service,
    judge: (first: Left, second: Left) => 'at once' | 'later' | 'told',
  ): Promise<void> {
    const counted = { 'at once': 0, later: 0, told: 0 };
    const cases = requests[service] * FAULTS.length;
    for (let index = 0; index < cases; index += STRIDE) {
      const fault = FAULTS[index % FAULTS.length] ?? 'hang';
      const request = Math.floor(index / FAULTS.length) + 1;
      let made = 0;
      const [first, second] = await wakeUpTwice(
        (asked) => {
          if (asked !== service) return undefined;
          made += 1;
          return made === request ? fault : undefined;
        },
        fault === 'hang' ? service : undefined,
      );
      try {
        for (const { discrepancies } of [first, second]) expect(discrepancies).toEqual([]);
        expect(second).toMatchObject({ isDone: true, entries: sound.entries, witnesses: 2 });
        expect(new Set(second.mails).size).toBe(1);
        expect(second.mails.length).toBeLessThanOrEqual(2);
        counted[judge(first, second)] += 1;
      } catch (cause) {
        throw new Error(`request ${String(request)} to the ${service}, ${fault}`, { cause });
      }
    }
    record({
      test: `each request to the ${NAMES[service]} going wrong in turn, in each of ${String(FAULTS.length)} ways`,
      cases: counted['at once'] + counted.later + counted.told,
      bar: BARS[service],
      result: Object.entries(counted)
        .filter(([, count]) => count > 0)
        .map(([when, count]) => `${String(count)} ${when}`)
        .join(', '),
    });
  }

  it('signs at once or at the next wake-up, whatever the vault does', () =>
    eachGoesWrong('vault', (first, second) => {
      expect(second).toMatchObject({ outcome: sound.outcome, rows: sound.rows });
      return first.isDone ? 'at once' : 'later';
    }));

  it('never seals a clean run on what the workspace did not answer', () =>
    eachGoesWrong('workspace', (first, second) => {
      if (second.outcome === 'error') return 'told';
      expect(second).toMatchObject({ outcome: sound.outcome, rows: sound.rows });
      return first.isDone ? 'at once' : 'later';
    }));

  it('seals the same and is witnessed later when the authority fails', () =>
    eachGoesWrong('authority', (first) => {
      expect(first).toMatchObject({ isDone: true, outcome: sound.outcome, rows: sound.rows });
      return first.witnesses === 2 ? 'at once' : 'later';
    }));

  it('seals the same and sends a mail with one key when the mail service fails', () =>
    eachGoesWrong('mail', (first) => {
      expect(first).toMatchObject({ isDone: true, outcome: sound.outcome, rows: sound.rows });
      return first.mails.length === 1 ? 'at once' : 'later';
    }));
});

const NAMES: Record<Service, string> = {
  vault: 'key vault',
  workspace: 'workspace',
  authority: 'time-stamping authority',
  mail: 'mail service',
};

const BARS: Record<Service, string> = {
  vault: 'sealed at once, or caught up by the next wake-up, with the same rows',
  workspace:
    'the same rows sealed at once or later, or told as “could not tell”; never a clean run',
  authority: 'sealed the same; every entry stamped by the next wake-up',
  mail: 'sealed the same; one mail, or two with the same key',
};
