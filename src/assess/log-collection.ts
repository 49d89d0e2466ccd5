import { sha256, stableJson } from '../core/digest';
import { phrase } from '../core/language';
import type { Finding } from '../core/report';
import type { OutsideEvidence } from './coverage-proofs';
import { knownResources } from './coverage-proofs';
import { judgeSettings } from './diagnostic-settings';

/** The id under which findings about settings stand. An audit's folder of this name would be shown beside them. */
export const LOG_COLLECTION = 'log-collection';

/** A critical finding for each registry of which events are not sent to where this report reads them. */
export function collectionFindings(
  outside: OutsideEvidence,
  registries: readonly string[],
): Finding[] {
  const { platform, source } = outside;
  if (platform === undefined) return [];
  return knownResources(outside, registries).flatMap((resource) => {
    const { status, text, missing } = judgeSettings(platform, resource, source);
    if (status !== 'wrong') return [];
    const values = {
      Registry: resource.name,
      ResourceId: resource.id,
      CreatedAt: resource.createdAt ?? '',
      ReadAt: platform.askedAt,
      NotSent: missing.join(', '),
    };
    // The same fact keeps its key from run to run.
    const { ReadAt, ...fact } = values;
    return {
      audit: LOG_COLLECTION,
      severity: 'critical' as const,
      text: phrase('settings.finding', { registry: resource.name, text }),
      values: { ...fact, ReadAt },
      key: sha256(stableJson({ audit: LOG_COLLECTION, values: fact })),
    };
  });
}
