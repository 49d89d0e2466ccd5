import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { chainPath, manifestPath } from '../../../src/archive/layout';
import type { VerifyOptions } from '../../../src/archive/verify';
import type { Signer } from '../../../src/core/archive';
import type { EditableManifest } from '../forge';
import { editableManifest, forgeEntry } from '../forge';

/** An archive before it is damaged. */
export interface Intact {
  readonly folder: string;
  readonly stream: string;
  /** The first key, and the one that it was rotated to where it was. */
  readonly signer: Signer;
  readonly newSigner: Signer;
  /** The digests of the entries, oldest first. */
  readonly digests: readonly string[];
}

export interface Case {
  /** Completes "verification fails when …" or "verification passes when …"; also names the folder. */
  readonly when: string;
  readonly damage: (folder: string, intact: Intact) => unknown;
  readonly asked?: (intact: Intact) => VerifyOptions;
  /** All codes of discrepancies that both verifiers must find; none when the archive is good. */
  readonly codes: readonly string[];
  readonly notes?: readonly string[];
}

export const RUN = 'runs/2026-03-02/';

export function remove(folder: string, path: string): void {
  rmSync(join(folder, path), { recursive: true });
}

export function digestOf({ digests }: Intact, sequence: number): string {
  return digests[sequence - 1] ?? '';
}

export function entryPath({ stream }: Intact, sequence: number): string {
  return chainPath(stream, sequence);
}

export function manifestOfEntry(intact: Intact, sequence: number): string {
  return manifestPath(intact.stream, digestOf(intact, sequence));
}

/** Replaces an entry by one that the true key signs, as somebody who holds the key can. */
export async function rewrite(
  folder: string,
  intact: Intact,
  sequence: number,
  edit: (manifest: EditableManifest) => unknown,
  signer: Signer = intact.signer,
): Promise<void> {
  const manifest = editableManifest(folder, intact.stream, digestOf(intact, sequence));
  edit(manifest);
  remove(folder, manifestOfEntry(intact, sequence));
  await forgeEntry(folder, signer, intact.stream, sequence, manifest);
}

/** The same for the manifest's text, which no JSON writer needs to have written. */
export async function rewriteText(
  folder: string,
  intact: Intact,
  sequence: number,
  edit: (text: string) => string | Uint8Array,
): Promise<void> {
  const path = manifestOfEntry(intact, sequence);
  const text = readFileSync(join(folder, path), 'utf8');
  remove(folder, path);
  await forgeEntry(folder, intact.signer, intact.stream, sequence, edit(text));
}
