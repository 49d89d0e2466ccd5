import type { Text } from '../core/language';
import { listed, phrase, sentences } from '../core/language';
import type {
  CoverageHour,
  CoverageProof,
  CoverageState,
  RegistryCoverage,
  TableCoverage,
} from '../core/report';

const LONGEST = 400;

interface Hole {
  readonly is: (hour: CoverageHour) => boolean;
  readonly tell: (values: { readonly count: number; readonly registries: Text }) => Text;
}

/** What hours can lack, the worst first. */
const HOLES: readonly Hole[] = [
  { is: ({ state }) => state === 'gap', tell: (values) => phrase('coverage.gaps', values) },
  {
    is: ({ state, unreadable }) => state === 'unknown' && unreadable !== undefined,
    tell: (values) => phrase('coverage.unreadable', values),
  },
  {
    is: ({ state, unreadable }) => state === 'unknown' && unreadable === undefined,
    tell: (values) => phrase('coverage.unknowns', values),
  },
];

/** A few sentences that answer "were we looking?", the worst thing first. */
export function coverageVerdict(
  strips: readonly RegistryCoverage[],
  tables: readonly TableCoverage[],
  proofs: readonly CoverageProof[],
): Text {
  const contradictions = proofs.filter(({ status }) => status === 'contradicts');
  const parts = contradictions.map(({ text }) => shortened(text));
  if (strips.length === 0) {
    return sentences([...parts, phrase('coverage.noRegistry'), ...notLookedAt(proofs)]);
  }
  parts.push(cameText(strips, contradictions.length > 0));
  for (const hole of HOLES) {
    const count = strips.flatMap(({ hours }) => hours).filter(hole.is).length;
    if (count === 0) continue;
    const registries = listed(
      strips.filter(({ hours }) => hours.some(hole.is)).map(({ registry }) => registry),
    );
    parts.push(hole.tell({ count, registries }));
  }
  const unread = tables.filter((table) => table.unreadable !== undefined);
  if (unread.length > 0) {
    const names = listed(unread.map(({ table }) => table));
    parts.push(phrase('coverage.unreadableTables', { tables: names }));
  }
  const absent = tables.filter((table) => !['collected', 'quiet'].includes(table.state));
  if (absent.length > 0) {
    parts.push(
      phrase('coverage.withoutRecords', { tables: listed(absent.map(({ table }) => table)) }),
    );
  }
  return sentences([...parts, ...notLookedAt(proofs)]);
}

/** For how much of the period records came. `doubted`: something else contradicts them. */
function cameText(strips: readonly RegistryCoverage[], doubted: boolean): Text {
  const total = strips.reduce((sum, { hours }) => sum + hours.length, 0);
  const quiet = countOf(strips, 'quiet');
  const covered = countOf(strips, 'collected') + quiet;
  const hours = phrase('count.registryHours', { count: total });
  if (covered === 0) return phrase('coverage.noneCame', { hours });
  if (covered < total) return phrase('coverage.partly', { covered, hours });
  if (quiet === 0) {
    return doubted ? phrase('coverage.came', { hours }) : phrase('coverage.yes', { hours });
  }
  const values = { collected: total - quiet, hours, quiet };
  return doubted ? phrase('coverage.cameOrQuiet', values) : phrase('coverage.yesOrQuiet', values);
}

function countOf(strips: readonly RegistryCoverage[], state: CoverageState): number {
  return strips.flatMap(({ hours }) => hours).filter((hour) => hour.state === state).length;
}

/** What was not looked at, or said nothing, by name. */
function notLookedAt(proofs: readonly CoverageProof[]): Text[] {
  const named = (status: CoverageProof['status']): Text[] =>
    proofs
      .filter((proof) => proof.status === status)
      .map(({ source }) => phrase(`proof.name.${source}`));
  const [off, unknown] = [named('off'), named('unknown')];
  const countsFromRecords = proofs.some(
    ({ source, status }) => source === 'metrics-api' && status === 'off',
  );
  return [
    ...(off.length === 0 ? [] : [phrase('coverage.notLookedAt', { names: listed(off) })]),
    ...(countsFromRecords ? [phrase('coverage.countsFromRecords')] : []),
    ...(unknown.length === 0 ? [] : [phrase('coverage.unclear', { names: listed(unknown) })]),
  ];
}

/** Page one has to stay one page; the chapter on coverage has the whole text. */
function shortened(text: Text): Text {
  return { text, longest: LONGEST, rest: phrase('coverage.inFull') };
}
