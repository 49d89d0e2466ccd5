import { generateKeyPairSync } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';

import { createBlobStore } from '../../src/archive/blob-store';
import { appendEntry, coveredPeriods, headOf, promiseOf, readChain } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { chainPath } from '../../src/archive/layout';
import { signerFromPem } from '../../src/archive/signing-key';
import { verifyArchive } from '../../src/archive/verify';
import type { Archive, Signer } from '../../src/core/archive';
import { nextPeriod } from '../../src/core/period';
import type { TestArchive } from '../support/archives';
import {
  FIRST_PERIOD,
  appendRun,
  beginStream,
  buildArchive,
  fillArchive,
  newSigner,
} from '../support/archives';
import type { Azurite } from '../support/azurite';
import { startAzurite } from '../support/azurite';
import { editableManifest, forgeEntry, put } from './forge';

let folder: string;
let azurite: Azurite;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-chain-'));
  azurite = await startAzurite();
});
afterAll(async () => {
  await azurite.stop();
  rmSync(folder, { recursive: true, force: true });
});

const newFolder = (): string => join(mkdtempSync(join(folder, 'case-')), 'archive');

async function newContainer(
  url = azurite.blobUrl,
  name = `c${Date.now()}`,
): Promise<ContainerClient> {
  const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
  await new ContainerClient(`${azurite.blobUrl}/${name}`, credential).createIfNotExists();
  const retryOptions = { maxTries: 4, retryDelayInMs: 10 };
  return new ContainerClient(`${url}/${name}`, credential, { retryOptions });
}

const STORES: Record<string, () => Promise<Archive>> = {
  folder: () => Promise.resolve(createFolderStore(newFolder())),
  blob: async () => createBlobStore(await newContainer()),
};

const FIVE_PERIODS = [1, 2, 3, 4].reduce(
  (periods) => [...periods, nextPeriod(periods.at(-1)!)],
  [FIRST_PERIOD],
);

describe('readChain', () => {
  let intact: TestArchive;
  beforeEach(async () => {
    intact = await buildArchive({ periods: 2, gaps: [1] });
  });
  afterEach(() => intact.remove());

  it('gives the entries oldest first, each naming the one before it', async () => {
    const entries = await readChain(intact.archive, intact.stream);
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(entries.map(({ manifest }) => manifest.predicate.kind)).toEqual([
      'genesis',
      'run',
      'gap',
    ]);
    expect(entries[2]?.manifest.predicate.previous).toEqual({
      sequence: 2,
      sha256: entries[1]?.manifestSha256,
    });
    expect(headOf(entries)).toBe(entries[2]?.manifestSha256);
    expect(promiseOf(entries)?.schedule.firstPeriod.id).toBe('2026-03-02');
    expect([...coveredPeriods(entries).keys()]).toEqual(['2026-03-02', '2026-03-03']);
  });

  it('reads only what is newer than the entries it is given', async () => {
    const known = await readChain(intact.archive, intact.stream);
    let reads = 0;
    const counting: Archive = {
      ...intact.archive,
      read: (path) => {
        reads += 1;
        return intact.archive.read(path);
      },
    };
    expect(await readChain(counting, intact.stream, known)).toEqual(known);
    expect(reads).toBeLessThanOrEqual(1);
    await appendRun(intact.archive, intact.signer, intact.stream, FIVE_PERIODS[2]!);
    const after = await readChain(counting, intact.stream, known);
    expect(after.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect(reads).toBeLessThanOrEqual(4);
  });

  it('is empty for a stream that has not begun', async () => {
    expect(await readChain(intact.archive, 'other.all')).toEqual([]);
    expect(headOf([])).toBeUndefined();
    expect(promiseOf([])).toBeUndefined();
  });

  it('refuses a damaged chain and names every defect', async () => {
    for (const sequence of [1, 2]) put(intact.folder, chainPath(intact.stream, sequence), 'forged');
    await expect(readChain(intact.archive, intact.stream)).rejects.toMatchObject({
      code: 'ARCHIVE_DAMAGED',
      problems: [
        {
          where: chainPath(intact.stream, 1),
          message: expect.stringContaining('malformed') as string,
        },
        {
          where: chainPath(intact.stream, 2),
          message: expect.stringContaining('malformed') as string,
        },
      ],
    });
  });

  it('refuses an entry that another key has signed', async () => {
    const sha = intact.entries[2]!.manifestSha256;
    const manifest = editableManifest(intact.folder, intact.stream, sha);
    const forger = { ...newSigner(), fingerprint: intact.signer.fingerprint };
    await forgeEntry(intact.folder, forger, intact.stream, 3, manifest);
    await expect(readChain(intact.archive, intact.stream)).rejects.toMatchObject({
      code: 'ARCHIVE_DAMAGED',
    });
  });
});

describe('appendEntry', () => {
  let intact: TestArchive;
  beforeEach(async () => {
    intact = await buildArchive({ periods: 1, gaps: [] });
  });
  afterEach(() => intact.remove());

  it('seals nothing when there is nothing left to seal', async () => {
    const { archive, signer, stream } = intact;
    expect(await appendRun(archive, signer, stream, FIRST_PERIOD)).toBeUndefined();
    expect(await readChain(archive, stream)).toHaveLength(2);
  });

  it('refuses another key than the one the stream began with', async () => {
    const { archive, stream } = intact;
    await expect(appendRun(archive, newSigner(), stream, FIVE_PERIODS[1]!)).rejects.toMatchObject({
      code: 'SIGNING_KEY_INVALID',
    });
    expect(await readChain(archive, stream)).toHaveLength(2);
  });

  it('refuses to seal a manifest that no reader would accept', async () => {
    const { archive, signer, stream, entries } = intact;
    const { manifest } = entries[1]!;
    const next = {
      ...manifest.predicate,
      sequence: 3,
      previous: { sequence: 2, sha256: entries[1]!.manifestSha256 },
    };
    const attempts = [
      manifest,
      { ...manifest, predicate: { ...next, stream: 'other.all' } },
      { ...manifest, predicate: { ...next, outcome: 'fine' as 'pass' } },
      { ...manifest, predicate: next, subject: [] },
      {
        ...manifest,
        predicate: next,
        subject: [{ ...manifest.subject[0]!, name: '../verify.sh' }],
      },
    ];
    for (const attempt of attempts) {
      await expect(appendEntry(archive, signer, stream, () => attempt)).rejects.toThrow(RangeError);
    }
    expect((await verifyArchive(archive)).good).toBe(true);
  });

  it('does not add to a damaged chain', async () => {
    put(intact.folder, chainPath(intact.stream, 2), 'forged');
    await expect(
      appendRun(intact.archive, intact.signer, intact.stream, FIVE_PERIODS[1]!),
    ).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
  });
});

describe.each(Object.keys(STORES))('many writers at once on a %s store', (kind) => {
  it('make exactly one entry for each period', async () => {
    const archive = await STORES[kind]!();
    const signer = newSigner();
    const stream = await beginStream(archive, signer);
    const results = await Promise.all(
      // Four writers meet at each period, and all twenty at each place in the chain.
      Array.from({ length: 20 }, async (_, writer) => {
        const period = FIVE_PERIODS[writer % 5]!;
        const entry = await appendRun(archive, signer, stream, period);
        return entry === undefined ? [] : [period.id];
      }),
    );
    expect(results.flat().sort()).toEqual(FIVE_PERIODS.map(({ id }) => id));
    const result = await verifyArchive(archive, { from: '2026-03-02', to: '2026-03-07' });
    expect(result.discrepancies).toEqual([]);
    expect(result.streams).toMatchObject([{ entries: 6, runs: 5, gaps: 0 }]);
  });
});

describe('a response that is lost', () => {
  let proxy: Server;
  let url: string;
  let lost: string[];

  // Forwards everything; drops the connection, instead of the first answer to each new chain entry.
  beforeEach(async () => {
    lost = [];
    proxy = createServer((incoming, outgoing) => {
      const path = incoming.url ?? '';
      const target = new URL(path, azurite.blobUrl);
      const forwarded = request(
        target,
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          if (incoming.method === 'PUT' && path.includes('/chain/') && !lost.includes(path)) {
            lost.push(path);
            answer.resume().once('end', () => incoming.socket.destroy());
            return;
          }
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        },
      );
      incoming.pipe(forwarded);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    url = azurite.blobUrl.replace(/:\d+/, `:${port}`);
  });
  afterEach(() => {
    proxy.closeAllConnections();
    proxy.close();
  });

  it('does not make a writer take its own entry for another’s', async () => {
    const archive = createBlobStore(await newContainer(url, 'lost-answers'));
    const signer = newSigner();
    const stream = await beginStream(archive, signer);
    for (const period of FIVE_PERIODS.slice(0, 2)) {
      expect((await appendRun(archive, signer, stream, period))?.manifest.predicate).toMatchObject({
        period: { id: period.id },
      });
    }
    expect(lost).toHaveLength(3);
    expect((await verifyArchive(archive)).streams).toMatchObject([{ entries: 3, runs: 2 }]);
  });
});

describe('a writer that dies', () => {
  async function writeAll(archive: Archive, signer: Signer): Promise<void> {
    const stream = await beginStream(archive, signer);
    await appendRun(archive, signer, stream, FIRST_PERIOD);
  }

  async function expectRecovery(archive: Archive, signer: Signer): Promise<void> {
    await writeAll(archive, signer);
    const result = await verifyArchive(archive, { from: '2026-03-02', to: '2026-03-03' });
    expect(result.discrepancies).toEqual([]);
    expect(result.streams).toMatchObject([{ entries: 2, runs: 1 }]);
    expect(result.notes.filter(({ code }) => code !== 'uncommitted-manifest')).toEqual([]);
  }

  /** An archive that fails for good at its n-th call: before it does anything, or after all is done. */
  function failingAt(archive: Archive, n: number, when: 'before' | 'after'): Archive {
    let calls = 0;
    const guard = async <T>(call: () => Promise<T>): Promise<T> => {
      calls += 1;
      if (calls > n || (calls === n && when === 'before')) throw new Error('died');
      const result = await call();
      if (calls >= n) throw new Error('died');
      return result;
    };
    return {
      location: archive.location,
      create: (path, content) => guard(() => archive.create(path, content)),
      read: (path) => guard(() => archive.read(path)),
      open: (path) => guard(() => archive.open(path)),
      list: (prefix) => archive.list(prefix),
    };
  }

  it('at any call leaves an archive that a second attempt completes', async () => {
    let deaths = 0;
    for (const when of ['before', 'after'] as const) {
      for (let n = 1, done = false; !done; n += 1) {
        const archive = createFolderStore(newFolder());
        const signer = newSigner();
        done = await writeAll(failingAt(archive, n, when), signer).then(
          () => true,
          () => false,
        );
        if (!done) deaths += 1;
        await expectRecovery(archive, signer);
      }
    }
    expect(deaths).toBeGreaterThan(20);
  });

  it('by SIGKILL in the middle of a write leaves an archive that a second attempt completes', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const keyFile = join(folder, 'key.pem');
    writeFileSync(keyFile, pem);
    for (const call of [2, 5, 6, 13, 18, 19]) {
      const target = newFolder();
      const hook = join(__dirname, '../support/register-typescript.cjs');
      const script = join(__dirname, 'killed-writer.ts');
      const child = spawn(process.execPath, ['-r', hook, script, target, keyFile, String(call)]);
      const signal = await new Promise((resolve) =>
        child.once('exit', (_, by) => {
          resolve(by);
        }),
      );
      expect({ call, signal }).toEqual({ call, signal: 'SIGKILL' });
      await expectRecovery(createFolderStore(target), signerFromPem(pem));
    }
  });
});

describe('startStream', () => {
  it('keeps the script and the page that are there already, and verification knows them', async () => {
    const archive = createFolderStore(newFolder());
    await archive.create('verify.sh', Buffer.from('an older script'));
    const signer = newSigner();
    await fillArchive(archive, signer, { periods: 1, gaps: [] });
    await fillArchive(archive, signer, { periods: 1, gaps: [], scopeId: 'second' });
    const result = await verifyArchive(archive);
    expect(result.discrepancies).toEqual([]);
    expect(result.streams.map(({ stream }) => stream)).toEqual(['daily.all', 'daily.second']);
  });
});
