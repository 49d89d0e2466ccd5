import type { CoverageState, RegistryCoverage, TableCoverage } from '../core/report';

/** One or two sentences that answer "were we looking?", the worst thing first. */
export function coverageVerdict(
  strips: readonly RegistryCoverage[],
  tables: readonly TableCoverage[],
): string {
  if (strips.length === 0) {
    return 'Could not tell: the logs name no registry, so nothing shows that any was being logged.';
  }
  const hours = strips.flatMap((strip) => strip.hours);
  const count = (...states: CoverageState[]): number =>
    hours.filter((hour) => states.includes(hour.state)).length;
  const covered = count('collected', 'quiet');
  const total = hours.length;
  const parts: string[] = [];
  if (covered === total) {
    const quiet = count('quiet');
    parts.push(
      quiet === 0
        ? `Yes: records came in every one of the ${hoursText(total)}.`
        : `Yes: records came in ${String(total - quiet)} of ${hoursText(total)}; in the other ${String(quiet)} the platform’s metrics counted no pull and no push.`,
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
  return parts.join(' ');
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
