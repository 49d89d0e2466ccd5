import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { bundleBytes } from '../../src/archive/bundle';
import { chainPath, manifestPath } from '../../src/archive/layout';
import type { Signer } from '../../src/core/archive';
import { sha256, stableJson } from '../../src/core/digest';

/** All files below a folder, as paths relative to it, in order. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** What an attacker with access to the disk does: puts any bytes anywhere. */
export function put(folder: string, path: string, content: Uint8Array | string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file)) rmSync(file);
  writeFileSync(file, content);
}

/** Puts a manifest and its signed entry into a chain, over whatever is there, without any check. */
export async function forgeEntry(
  folder: string,
  signer: Signer,
  stream: string,
  sequence: number,
  manifest: unknown,
): Promise<string> {
  const content =
    manifest instanceof Uint8Array
      ? manifest
      : Buffer.from(typeof manifest === 'string' ? manifest : stableJson(manifest));
  const manifestSha256 = sha256(content);
  const signature = await signer.sign(content);
  const { fingerprint } = signer;
  put(folder, manifestPath(stream, manifestSha256), content);
  const entry = bundleBytes({ manifestSha256, signature, keyFingerprint: fingerprint });
  put(folder, chainPath(stream, sequence), entry);
  return manifestSha256;
}

/** A manifest as an attacker edits it: a copy as plain JSON. */
export function editableManifest(folder: string, stream: string, sha: string): EditableManifest {
  return JSON.parse(
    readFileSync(join(folder, manifestPath(stream, sha)), 'utf8'),
  ) as EditableManifest;
}

export interface EditableManifest {
  subject: { name: string; digest: { sha256: string } }[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- an attacker puts anything anywhere
  predicate: any;
}
