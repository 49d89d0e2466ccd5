import { DEFINITION_FILE, FACTS_FILE } from '../archive/layout';
import type { ChainEntry } from '../archive/chain';
import { definitionDigest } from '../catalog/definition-digest';
import type { Archive } from '../core/archive';
import { sha256 } from '../core/digest';
import type { Content, Pieces } from '../core/pieces';
import type { Report } from '../core/report';
import type { Views } from '../render/views';
import type { FirstDifference } from './first-difference';
import { firstDifference } from './first-difference';
import { renderOutputs } from './outputs';
import { remakeReport } from './sealed-report';

/** This program as it is now: what makes the files again. */
export interface Maker {
  readonly views: Views;
  readonly viewsDigest: string;
  readonly software: Report['software'];
}

/**
 * `same`: byte for byte. `different`: made again, it has other bytes. `damaged`, `missing`: the archive does
 * not hold what was sealed. `not-made`, `not-sealed`: only one side has such a file.
 */
export interface ReperformedFile {
  /** Below the run's folder. */
  readonly path: string;
  readonly status: 'same' | 'different' | 'damaged' | 'missing' | 'not-made' | 'not-sealed';
  readonly at?: FirstDifference;
}

/** `could-not-tell`: the files differ, and another program or other views made them. */
export type ReperformOutcome = 'same' | 'different' | 'could-not-tell';

export interface Reperformance {
  readonly stream: string;
  readonly sequence: number;
  readonly runId: string;
  readonly outcome: ReperformOutcome;
  /** Whole sentences: what the outcome rests on. */
  readonly reasons: readonly string[];
  readonly files: readonly ReperformedFile[];
}

/** Files that a run is made from. They are read from the archive, so making them again would prove nothing. */
function isEvidence(path: string): boolean {
  return path === FACTS_FILE || path === DEFINITION_FILE || /^evidence\/[^/]+\.json$/.test(path);
}

/**
 * Makes every file of a sealed run again from its sealed evidence (`entries` are its stream's chain), and compares the bytes with those that
 * were sealed. Throws ARCHIVE_DAMAGED when the evidence itself is not what was sealed.
 */
export async function reperformRun(
  archive: Archive,
  entry: ChainEntry,
  entries: readonly ChainEntry[],
  maker: Maker,
): Promise<Reperformance> {
  const { report, figures, facts, definition, questions } = await remakeReport(
    archive,
    entry,
    entries,
  );
  const queries = questions.map(({ id, kql }) => ({
    path: `evidence/${id}.kql`,
    content: Buffer.from(kql),
  }));
  const outputs = await renderOutputs(report, figures, maker.views);
  const made = new Map<string, Content>(
    [...queries, ...outputs].map(({ path, content }) => [path, content]),
  );
  const files = await compareFiles(archive, entry, facts.runId, made);
  const sealedDefinition = facts.definitionSha256;
  const sameViews = definitionDigest(definition, maker.viewsDigest) === sealedDefinition;
  return {
    stream: facts.stream,
    sequence: entry.sequence,
    runId: facts.runId,
    ...judge(files, facts.software, maker.software, sameViews),
    files,
  };
}

async function compareFiles(
  archive: Archive,
  entry: ChainEntry,
  runId: string,
  made: ReadonlyMap<string, Content>,
): Promise<ReperformedFile[]> {
  const { subject, predicate } = entry.manifest;
  const prefix = `runs/${runId}/`;
  const files: ReperformedFile[] = [];
  const sealed = new Set<string>();
  for (const { name, digest } of subject) {
    const path = name.slice(prefix.length);
    if (!name.startsWith(prefix) || isEvidence(path)) continue;
    sealed.add(path);
    const stored = await archive.open(`${predicate.stream}/${name}`);
    files.push({ path, ...compareFile(stored, digest.sha256, made.get(path)) });
  }
  for (const path of made.keys()) {
    if (!sealed.has(path)) files.push({ path, status: 'not-sealed' });
  }
  return files;
}

function compareFile(
  stored: Pieces | undefined,
  sealedSha256: string,
  made: Content | undefined,
): Omit<ReperformedFile, 'path'> {
  if (stored === undefined) return { status: 'missing' };
  if (sha256(stored) !== sealedSha256) return { status: 'damaged' };
  if (made === undefined) return { status: 'not-made' };
  const at = firstDifference(stored, made);
  return at === undefined ? { status: 'same' } : { status: 'different', at };
}

/** Whether the archive does not hold a file as it was sealed. */
function isLost({ status }: ReperformedFile): boolean {
  return status === 'damaged' || status === 'missing';
}

function judge(
  files: readonly ReperformedFile[],
  sealedBy: Report['software'],
  madeBy: Report['software'],
  sameViews: boolean,
): Pick<Reperformance, 'outcome' | 'reasons'> {
  const lost = files.filter(isLost);
  const differing = files.filter((file) => file.status !== 'same' && !isLost(file));
  const count = String(files.length);
  if (lost.length === 0 && differing.length === 0) {
    return {
      outcome: 'same',
      reasons: [`All ${count} files came out again, byte for byte, from the sealed evidence.`],
    };
  }
  const reasons = lost.map(
    ({ path, status }) => `${path} is ${status}: the archive does not hold what was sealed.`,
  );
  if (differing.length === 0) return { outcome: 'different', reasons };
  const names = differing.map(({ path }) => path).join(', ');
  reasons.push(`${String(differing.length)} of ${count} files did not come out again: ${names}.`);
  const others = otherMakers(sealedBy, madeBy, sameViews);
  if (others.length === 0) {
    return {
      outcome: 'different',
      reasons: [...reasons, `${versionOf(madeBy)} with the same views sealed them.`],
    };
  }
  return {
    outcome: lost.length > 0 ? 'different' : 'could-not-tell',
    reasons: [...reasons, ...others],
  };
}

/** Sentences: what was another thing when the run was sealed. */
function otherMakers(
  sealedBy: Report['software'],
  madeBy: Report['software'],
  sameViews: boolean,
): string[] {
  const reasons: string[] = [];
  if (versionOf(sealedBy) !== versionOf(madeBy)) {
    reasons.push(
      `The run was sealed by ${versionOf(sealedBy)}, and this is ${versionOf(madeBy)}: use that one.`,
    );
  }
  if (!sameViews) {
    reasons.push(
      'The views are not those that the run was sealed with: give them with --templates.',
    );
  }
  return reasons;
}

function versionOf({ name, version, commit }: Report['software']): string {
  return `${name} ${version} (commit ${commit})`;
}
