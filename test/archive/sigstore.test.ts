import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { Verifier, toSignedEntity } from '@sigstore/verify';

import { chainPath, manifestPath } from '../../src/archive/layout';
import type { TestArchive } from '../support/archives';
import { buildArchive } from '../support/archives';

let intact: TestArchive;
beforeAll(async () => {
  intact = await buildArchive({ periods: 2, gaps: [1] });
});
afterAll(() => intact.remove());

/** What Sigstore’s own verifier does with an entry and the bytes of a manifest. */
function verifyWithSigstore(sequence: number, manifest: Buffer): void {
  const json: unknown = JSON.parse(
    readFileSync(join(intact.folder, chainPath(intact.stream, sequence)), 'utf8'),
  );
  const publicKey = createPublicKey(intact.signer.publicKeyPem);
  const verifier = new Verifier(
    {
      certificateAuthorities: [],
      timestampAuthorities: [],
      tlogs: [],
      ctlogs: [],
      publicKey: () => ({ publicKey, validFor: () => true }),
    },
    { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 },
  );
  verifier.verify(toSignedEntity(bundleFromJSON(json), manifest));
}

it('Sigstore’s own verifier accepts every entry, and none over other bytes', () => {
  for (const { sequence, manifestSha256 } of intact.entries) {
    const manifest = readFileSync(join(intact.folder, manifestPath(intact.stream, manifestSha256)));
    const verify = (): void => {
      verifyWithSigstore(sequence, manifest);
    };
    expect(verify).not.toThrow();
    manifest[10]! ^= 1;
    expect(verify).toThrow();
  }
});
