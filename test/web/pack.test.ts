import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { headOf } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import { zipOf } from '../../src/web/pack';
import { startSite } from './support/site';
import type { Site } from './support/site';

const run = promisify(execFile);

let site: Site;
let folder: string;
beforeAll(async () => {
  site = await startSite(['pass', 'fail', 'gap', 'made-up']);
});
afterAll(() => site.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-pack-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Downloads a pack, and unpacks it with another program than the one that packed it. */
async function unpack(path: string): Promise<string[]> {
  const response = await fetch(`${site.url}${path}`);
  expect(response.status).toBe(200);
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return Object.keys(files);
}

describe('the pack of a stream', () => {
  it('is an archive that verifies, with its head', async () => {
    await unpack('/packs/daily.all.zip');
    const head = headOf(site.entries)!;
    const result = await verifyArchive(createFolderStore(join(folder, 'archive')), { head });
    expect(result.discrepancies).toEqual([]);
    expect(result.streams).toMatchObject([{ entries: 5, runs: 3, gaps: 1, head }]);
  });

  it('is found good by the script in it', async () => {
    await unpack('/packs/daily.all.zip');
    const { stdout } = await run('sh', [
      join(folder, 'archive/verify.sh'),
      ...['--from', '2026-03-01', '--to', '2026-03-05', '--head', headOf(site.entries)!],
    ]);
    expect(stdout).toMatch(/^Good/m);
  });

  it('holds damage as it is, for the one who unpacks it to find', async () => {
    const damaged = await startSite([], { like: site });
    const path = join(damaged.folder, 'daily.all/runs/2026-03-02/findings.csv');
    await writeFile(path, 'Severity,Audit\r\n');
    const response = await fetch(`${damaged.url}/packs/daily.all.zip`);
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
    const content = files['archive/daily.all/runs/2026-03-02/findings.csv']!;
    expect(Buffer.from(content).toString()).toBe('Severity,Audit\r\n');
    await damaged.stop();
  });
});

describe('the pack of a period', () => {
  it('holds the run, its entry, the key and how to check them, and nothing of other periods', async () => {
    const names = await unpack('/packs/daily.all/2026-03-02.zip');
    const { manifestSha256, manifest } = site.entries[2]!;
    expect(new Set(names)).toEqual(
      new Set([
        'README.txt',
        'verify.sh',
        'verify.jq',
        `keys/${manifest.predicate.keyFingerprint}.pem`,
        'daily.all/chain/00000003.sigstore.json',
        `daily.all/manifests/${manifestSha256}.json`,
        ...manifest.subject.map(({ name }) => `daily.all/${name}`),
      ]),
    );
  });

  it('can be checked by hand with the commands of its README', async () => {
    await unpack('/packs/daily.all/2026-03-02.zip');
    const fingerprint = site.entries[2]!.manifest.predicate.keyFingerprint;
    const script = `set -e
      B=daily.all/chain/00000003.sigstore.json
      D=$(jq -r .messageSignature.messageDigest.digest $B | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')
      M=daily.all/manifests/$D.json
      test "$(sha256sum < $M)" = "$D  -"
      jq -r .messageSignature.signature $B | openssl base64 -d -A > signature
      openssl dgst -sha256 -verify keys/${fingerprint}.pem -signature signature $M
      cd daily.all
      jq -r '.subject[] | .digest.sha256 + "  " + .name' manifests/$D.json | sha256sum -c`;
    const { stdout } = await run('sh', ['-c', script], { cwd: folder });
    expect(stdout).toMatch(/^Verified OK/);
    expect(stdout.match(/: OK$/gm)).toHaveLength(8);
  });

  it('of a gap holds the record alone', async () => {
    const names = await unpack('/packs/daily.all/2026-03-03.zip');
    expect(names.filter((name) => name.startsWith('daily.all/runs/'))).toEqual([]);
    expect(names).toContain('daily.all/chain/00000004.sigstore.json');
  });
});

describe('a ZIP file', () => {
  it('ends with an error when a file goes while it is made, so that no half of it passes for whole', async () => {
    const damaged = await startSite([], { like: site });
    const paths = ['README.txt', 'verify.sh'];
    await unlink(join(damaged.folder, 'verify.sh'));
    const reading = Readable.from(zipOf(damaged.archive, paths)).toArray();
    await expect(reading).rejects.toThrow('verify.sh has gone');
    await damaged.stop();
  });

  it('lets go of everything when nobody reads on', async () => {
    for await (const chunk of zipOf(site.archive, ['README.txt', 'verify.sh'])) {
      expect(chunk.byteLength).toBeGreaterThan(0);
      break;
    }
    expect((await site.get('/')).status).toBe(200);
  });
});
