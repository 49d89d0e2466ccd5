import type { Waiver } from '../core/definitions';
import type { AuditResult, WaiverUse } from '../core/report';

/** Days before its end from which a waiver that holds is called out. */
const ENDS_SOON_DAYS = 14;
const DAY_MS = 86_400_000;

/** Each waiver of a report with what it accepted, in the definition's order. `today`: `2026-03-02`. */
export function waiverUses(
  waivers: readonly Waiver[],
  audits: readonly AuditResult[],
  today: string,
): WaiverUse[] {
  const waived = audits.flatMap((audit) => audit.waived);
  return waivers.map((waiver) => {
    const accepted = waived.filter((finding) => finding.waiver === waiver).length;
    return { waiver, accepted, state: stateOf(waiver, accepted, today) };
  });
}

function stateOf({ expires }: Waiver, accepted: number, today: string): WaiverUse['state'] {
  if (today >= expires) return 'expired';
  if (accepted === 0) return 'unused';
  const days = (Date.parse(expires) - Date.parse(today)) / DAY_MS;
  return days <= ENDS_SOON_DAYS ? 'ends-soon' : 'in-force';
}
