import { mapInParallel } from '../core/in-parallel';
import type { Note, ReportDiscrepancy } from './discrepancies';
import { chainPath, manifestPath, sequenceOf } from './layout';
import type { Manifest } from './manifest';
import type { OutlinedEntry } from './outline';
import type { References } from './references';
import { fileFolder, subjectPath } from './speaks-for';
import type { VerifiedChain } from './verify-chain';
import { noteOf } from './verify-other-files';
import type { VerifySource, WitnessChecker } from './verify-source';

const READS_AT_ONCE = 8;

/**
 * Goes once through everything below a stream’s folder, in order: every file that the entries list must be
 * there with its digest, unless it was destroyed under retention; every other one is explained or reported.
 * Only one folder’s list of files is held at a time. `unsealed` counts the files that a note explains.
 */
export async function checkFiles(
  source: VerifySource,
  chain: VerifiedChain,
  references: References,
  witnesses: WitnessChecker,
  report: ReportDiscrepancy,
): Promise<{ readonly notes: readonly Note[]; readonly unsealed: number }> {
  const { stream } = chain;
  const notes = new Map<string, Note>();
  let unsealed = 0;
  const note = (one: Note): void => void notes.set(`${one.code} ${one.path}`, one);
  const sealing = sealingEntries(chain);
  const known = knownFiles(chain);
  const seen = new Set<string>();
  for await (const { folder, paths } of foldersOf(source, stream)) {
    const entries = sealing.get(folder);
    const sealed =
      entries && (await checkFolder(source, stream, entries, paths, references, report, note));
    if (entries) seen.add(folder);
    for (const path of paths) {
      if (known.has(path) || sealed?.has(path) === true || isNewer(chain, path)) continue;
      if (await witnesses.check(path)) continue;
      const explained = await noteOf(source, chain, references, path);
      if (explained === undefined)
        report('file-unlisted', path, 'Nothing in the archive speaks for it.');
      else {
        note(explained);
        unsealed += 1;
      }
    }
  }
  for (const [folder, entries] of sealing) {
    if (!seen.has(folder)) {
      await checkFolder(source, stream, entries, [], references, report, note);
    }
  }
  await checkOthers(source, chain, report);
  return { notes: [...notes.values()], unsealed };
}

type SealedEntries = readonly OutlinedEntry[];

/** The entries that speak for the files of each folder: of a run and its amendments, or of reviews. */
function sealingEntries({ stream, speaking }: VerifiedChain): Map<string, SealedEntries> {
  const byFolder = new Map<string, SealedEntries>();
  for (const entry of speaking) {
    const own = fileFolder(stream, entry.outline);
    if (own === undefined) continue;
    const folder = folderOf(own);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), entry]);
  }
  return byFolder;
}

function knownFiles({ stream, sequences, digests, others }: VerifiedChain): Set<string> {
  return new Set([
    ...sequences.map((sequence) => chainPath(stream, sequence)),
    ...digests.map((digest) => manifestPath(stream, digest)),
    ...others.keys(),
  ]);
}

/** An entry that was added while this went on. */
function isNewer({ stream, sequences }: VerifiedChain, path: string): boolean {
  const [folder, name, ...rest] = path.slice(stream.length + 1).split('/');
  const sequence = folder === 'chain' && rest.length === 0 ? sequenceOf(name ?? '') : undefined;
  return sequence !== undefined && sequence > (sequences.at(-1) ?? 0);
}

/** `<stream>/runs/2026-03-02/`: what is listed together and belongs together. */
function folderOf(path: string): string {
  const parts = path.split('/');
  return parts.length > 3 ? `${parts.slice(0, 3).join('/')}/` : `${parts.slice(0, -1).join('/')}/`;
}

async function* foldersOf(
  source: VerifySource,
  stream: string,
): AsyncGenerator<{ folder: string; paths: string[] }> {
  let folder = '';
  let paths: string[] = [];
  for await (const { path } of source.list(`${stream}/`)) {
    if (folderOf(path) !== folder) {
      if (paths.length > 0) yield { folder, paths };
      folder = folderOf(path);
      paths = [];
    }
    paths.push(path);
  }
  if (paths.length > 0) yield { folder, paths };
}

/** Checks the sealed files of one folder and returns their paths. */
async function checkFolder(
  source: VerifySource,
  stream: string,
  entries: SealedEntries,
  paths: readonly string[],
  references: References,
  report: ReportDiscrepancy,
  note: (note: Note) => void,
): Promise<Set<string>> {
  const there = new Set(paths);
  const sealed = new Set<string>();
  for (const entry of entries) {
    const subject = await subjectsOf(source, stream, entry);
    const destroyedBy = references.destroyed.get(entry.sequence);
    let gone = 0;
    await mapInParallel(subject, READS_AT_ONCE, async ({ name, digest }) => {
      const path = subjectPath(stream, name);
      sealed.add(path);
      const found = there.has(path) ? await source.sha256In(path) : undefined;
      if (found !== undefined) compareDigest(path, found, digest.sha256, report);
      else if (destroyedBy !== undefined && !there.has(path)) gone += 1;
      else report('file-missing', path, `Expected a file with the digest ${digest.sha256}.`);
    });
    if (destroyedBy !== undefined) {
      note({
        code: gone === subject.length ? 'destroyed-under-retention' : 'destruction-unfinished',
        path: chainPath(stream, entry.sequence),
        message: `${String(gone)} of its ${String(subject.length)} files are gone, as entry ${String(destroyedBy)} says.`,
      });
    }
  }
  return sealed;
}

/** The files that an entry lists. Its manifest was read before; one that has changed since lists none. */
async function subjectsOf(
  source: VerifySource,
  stream: string,
  { manifestSha256 }: OutlinedEntry,
): Promise<Manifest['subject']> {
  const content = await source.read(manifestPath(stream, manifestSha256));
  if (content === undefined || (await source.sha256(content)) !== manifestSha256) return [];
  // The same bytes were checked as a manifest before, which takes longer than anything else here.
  return (JSON.parse(new TextDecoder().decode(content)) as Manifest).subject;
}

function compareDigest(
  path: string,
  found: string,
  expected: string,
  report: ReportDiscrepancy,
): void {
  if (found !== expected) {
    report('file-altered', path, `Expected the digest ${expected}, found ${found}.`);
  }
}

async function checkOthers(
  source: VerifySource,
  { others }: VerifiedChain,
  report: ReportDiscrepancy,
): Promise<void> {
  await mapInParallel([...others], READS_AT_ONCE, async ([path, digests]) => {
    const found = await source.sha256In(path);
    for (const digest of digests) {
      if (found !== undefined) compareDigest(path, found, digest, report);
      else report('file-missing', path, `Expected a file with the digest ${digest}.`);
    }
  });
}
