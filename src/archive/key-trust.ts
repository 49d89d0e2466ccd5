import type { WalkedEntry } from './chain-entry';
import type { ReportDiscrepancy } from './discrepancies';
import { isProved } from './key-rotation';
import { chainPath, keyPath } from './layout';
import type { KeyRotationPredicate, Manifest } from './manifest';
import type { ChainSource, VerifyKey } from './verify-source';

/** The key that signs the entry after these; undefined when they do not begin with a genesis. */
export function keyAfter(
  entries: Iterable<{ readonly sequence: number; readonly manifest: Manifest }>,
): string | undefined {
  let key: string | undefined;
  for (const { sequence, manifest } of entries) key = keyAfterEntry(key, sequence, manifest);
  return key;
}

function keyAfterEntry(
  key: string | undefined,
  sequence: number,
  { predicate }: Manifest,
): string | undefined {
  if (sequence === 1 && predicate.kind === 'genesis') return predicate.keyFingerprint;
  const rotates = predicate.kind === 'key-rotation' && predicate.keyFingerprint === key;
  return rotates ? predicate.newKeyFingerprint : key;
}

/**
 * Follows which key a chain trusts: the genesis names the first, and a rotation, signed by the key before,
 * the next. A rotation with a wrong signature or proof is reported and still followed, so that one forgery
 * does not hide what else is wrong after it.
 */
export class KeyTrust {
  #trusted: string | undefined;
  readonly #keys = new Map<string, Promise<VerifyKey | undefined>>();

  constructor(
    private readonly source: ChainSource,
    private readonly stream: string,
    private readonly report: ReportDiscrepancy,
    known: Iterable<{ readonly sequence: number; readonly manifest: Manifest }>,
  ) {
    this.#trusted = keyAfter(known);
  }

  /** The keys that the chain has trusted so far. */
  get fingerprints(): string[] {
    return [...this.#keys.keys()];
  }

  /** Checks the signature of the next entry. */
  async check({ sequence, seal, manifest, manifestContent }: WalkedEntry): Promise<void> {
    if (seal === undefined || manifest === undefined || manifestContent === undefined) return;
    const { predicate } = manifest;
    if (sequence === 1) this.#trusted = keyAfterEntry(undefined, sequence, manifest);
    const trusted = this.#trusted;
    // Without a genesis nothing says which key to trust; that there is none was reported.
    if (trusted === undefined) return;
    const path = chainPath(this.stream, sequence);
    const other = [seal.keyFingerprint, predicate.keyFingerprint].find((one) => one !== trusted);
    if (other !== undefined) {
      this.report(
        'key-unknown',
        path,
        `It names the key ${other}, and the stream has ${trusted} here.`,
      );
      return;
    }
    const key = await this.#read(trusted);
    if (key !== undefined && !(await key.isSignedBy(manifestContent, seal.signature))) {
      this.report('signature-wrong', path, `Its signature is not one of the key ${trusted}.`);
    }
    if (predicate.kind === 'key-rotation' && predicate.stream === this.stream) {
      await this.#rotate(path, predicate);
    }
  }

  async #rotate(path: string, rotation: KeyRotationPredicate): Promise<void> {
    const { keyFingerprint, newKeyFingerprint } = rotation;
    const newKey = await this.#read(newKeyFingerprint);
    if (keyFingerprint === newKeyFingerprint) {
      this.report('rotation-wrong', path, 'It names the same key as the old and the new one.');
    } else if (newKey !== undefined && !(await isProved(rotation, newKey))) {
      this.report(
        'rotation-wrong',
        path,
        `Its proof was not made with the key ${newKeyFingerprint}.`,
      );
    }
    this.#trusted = newKeyFingerprint;
  }

  #read(fingerprint: string): Promise<VerifyKey | undefined> {
    const key = this.#keys.get(fingerprint) ?? readKey(this.source, fingerprint, this.report);
    this.#keys.set(fingerprint, key);
    return key;
  }
}

async function readKey(
  source: ChainSource,
  fingerprint: string,
  report: ReportDiscrepancy,
): Promise<VerifyKey | undefined> {
  const path = keyPath(fingerprint);
  const content = await source.read(path);
  if (content === undefined) {
    report('key-missing', path, 'A stream’s entries are signed with this key.');
    return undefined;
  }
  const key = await source.parseKey(content);
  if (key?.fingerprint === fingerprint) return key;
  report('key-altered', path, `Expected the P-256 public key with the fingerprint ${fingerprint}.`);
  return undefined;
}
