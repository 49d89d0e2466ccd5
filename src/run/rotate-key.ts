import type { ChainEntry } from '../archive/chain';
import { rotateKey } from '../archive/rotate-key';
import { streamsIn } from '../archive/streams-in';
import type { Signer } from '../core/archive';
import { TallymanError } from '../core/errors';
import type { Parts } from './parts';

export interface RotatedStream {
  readonly stream: string;
  /** Undefined when the stream had the new key already. */
  readonly entry: ChainEntry | undefined;
}

export interface RotationResult {
  readonly rotated: readonly RotatedStream[];
  readonly failed: readonly { readonly stream: string; readonly error: unknown }[];
}

/**
 * Hands every stream of an archive over from the present key to a new one. A stream that has the new key
 * already is left alone, so that a rotation which was killed is finished by calling it again. One stream
 * that can't be handed over does not stop the others.
 */
export async function rotateAllKeys(
  parts: Pick<Parts, 'archive' | 'signer' | 'software' | 'now'>,
  newSigner: Signer,
  reason: string,
): Promise<RotationResult> {
  if (newSigner.fingerprint === parts.signer.fingerprint) {
    throw new TallymanError('ARGUMENT_INVALID', 'The new key is the one in use.', {
      hint: 'Name a file that is not there yet, and the new key is made in it.',
    });
  }
  const rotated: RotatedStream[] = [];
  const failed: { stream: string; error: unknown }[] = [];
  for (const stream of await streamsIn(parts.archive)) {
    const now = parts.now();
    const why = { reason, software: parts.software, startedAt: now, sealedAt: now };
    try {
      const entry = await rotateKey(parts.archive, parts.signer, newSigner, stream, why);
      rotated.push({ stream, entry });
    } catch (error) {
      failed.push({ stream, error });
    }
  }
  return { rotated, failed };
}
