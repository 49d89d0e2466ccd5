import type { CoverageProof, CoverageState, RegistryCoverage, TableCoverage } from '../core/report';

const NAMES: Readonly<Record<CoverageProof['source'], string>> = {
  discovery: 'the list of registries',
  'diagnostic-settings': 'diagnostic settings',
  'metrics-api': 'the platform’s metrics',
  workspace: 'the workspace’s limits',
  'ingestion-health': 'the workspace’s ingestion record',
  'ingestion-delay': 'the delay of arrival',
  canary: 'canary logins',
};

const LONGEST = 400;

/** A few sentences that answer "were we looking?", the worst thing first. */
export function coverageVerdict(
  strips: readonly RegistryCoverage[],
  tables: readonly TableCoverage[],
  proofs: readonly CoverageProof[],
): string {
  const contradictions = proofs.filter(({ status }) => status === 'contradicts');
  const parts = contradictions.map(({ text }) => shortened(text));
  if (strips.length === 0) {
    parts.push(
      'Could not tell: the logs name no registry, so nothing shows that any was being logged.',
      ...notLookedAt(proofs),
    );
    return parts.join(' ');
  }
  const hours = strips.flatMap((strip) => strip.hours);
  const count = (...states: CoverageState[]): number =>
    hours.filter((hour) => states.includes(hour.state)).length;
  const covered = count('collected', 'quiet');
  const total = hours.length;
  const came = contradictions.length === 0 ? 'Yes: records came' : 'Records came';
  if (covered === total) {
    const quiet = count('quiet');
    parts.push(
      quiet === 0
        ? `${came} in every one of the ${hoursText(total)}.`
        : `${came} in ${String(total - quiet)} of ${hoursText(total)}; in the other ${String(quiet)} the platform’s metrics counted no pull and no push.`,
    );
  } else if (covered === 0) {
    parts.push(`Could not tell: no record came in any of the ${hoursText(total)}.`);
  } else {
    parts.push(`For ${String(covered)} of ${hoursText(total)}, yes.`);
  }
  const [gap, unknown] = [count('gap'), count('unknown')];
  if (gap > 0) {
    parts.push(
      `${String(gap)} ${gap === 1 ? 'is a gap' : 'are a gap'}: the platform counted pulls or pushes and no record came (${namesWith(strips, 'gap')}).`,
    );
  }
  if (unknown > 0) {
    parts.push(
      `${String(unknown)} ${unknown === 1 ? 'is' : 'are'} unknown: no record came and nothing proves that none was lost (${namesWith(strips, 'unknown')}).`,
    );
  }
  const absent = tables.filter((table) => !['collected', 'quiet'].includes(table.state));
  if (absent.length > 0) {
    parts.push(`Without usable records: ${absent.map((table) => table.table).join(', ')}.`);
  }
  parts.push(...notLookedAt(proofs));
  return parts.join(' ');
}

/** What was not looked at, or said nothing, by name. */
function notLookedAt(proofs: readonly CoverageProof[]): string[] {
  const named = (status: CoverageProof['status']): string =>
    proofs.flatMap((proof) => (proof.status === status ? NAMES[proof.source] : [])).join(', ');
  const [off, unknown] = [named('off'), named('unknown')];
  return [
    ...(off === '' ? [] : [`Not looked at: ${off}.`]),
    ...(unknown === '' ? [] : [`Looked at without a clear answer: ${unknown}.`]),
  ];
}

/** Page one has to stay one page; the chapter on coverage has the whole text. */
function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (see “Coverage in full”).`;
}

function hoursText(count: number): string {
  return count === 1 ? '1 registry-hour' : `${String(count)} registry-hours`;
}

function namesWith(strips: readonly RegistryCoverage[], state: CoverageState): string {
  return strips
    .filter((strip) => strip.hours.some((hour) => hour.state === state))
    .map((strip) => strip.registry)
    .join(', ');
}
