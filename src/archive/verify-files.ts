import type { Archive } from '../core/archive';
import { sha256 } from '../core/digest';
import type { WalkedEntry } from './chain-walk';
import type { Note, ReportDiscrepancy } from './discrepancies';
import { mapInParallel } from './in-parallel';
import { chainPath, isArchivePath, manifestPath, runFolder } from './layout';
import { isPeriodId, maySpeakFor, parseManifest, subjectPath } from './manifest';

const READS_AT_ONCE = 8;

/**
 * Checks that every file that the entries list is there with its digest.
 * Returns the paths that the stream speaks for: those files, its chain entries and their manifests.
 */
export async function checkSealedFiles(
  archive: Archive,
  stream: string,
  entries: readonly WalkedEntry[],
  report: ReportDiscrepancy,
): Promise<Set<string>> {
  const known = new Set<string>();
  const sealed: { path: string; digest: string }[] = [];
  for (const { sequence, seal, manifest } of entries) {
    known.add(chainPath(stream, sequence));
    if (seal !== undefined) known.add(manifestPath(stream, seal.manifestSha256));
    if (manifest === undefined || manifest.predicate.stream !== stream) continue;
    for (const { name, digest } of manifest.subject) {
      if (maySpeakFor(manifest.predicate, name)) {
        sealed.push({ path: subjectPath(stream, name), digest: digest.sha256 });
      } else {
        report('subject-misplaced', chainPath(stream, sequence), `It lists ${name}.`);
      }
    }
  }
  await mapInParallel(sealed, READS_AT_ONCE, async ({ path, digest }) => {
    known.add(path);
    const content = await archive.read(path);
    if (content === undefined) {
      report('file-missing', path, `Expected a file with the digest ${digest}.`);
      return;
    }
    const found = sha256(content);
    if (found !== digest)
      report('file-altered', path, `Expected the digest ${digest}, found ${found}.`);
  });
  return known;
}

/** Explains the files of a stream’s folder that no entry speaks for, or reports them. */
export async function checkOtherFiles(
  archive: Archive,
  stream: string,
  paths: readonly string[],
  entries: readonly WalkedEntry[],
  report: ReportDiscrepancy,
): Promise<Note[]> {
  const sealed = sealedRuns(stream, entries);
  const notes = new Map<string, Note>();
  for (const path of paths) {
    const note = (await manifestNote(archive, stream, path)) ?? runNote(stream, path, sealed);
    if (note === undefined) report('file-unlisted', path, 'Nothing in the archive speaks for it.');
    else notes.set(note.path, note);
  }
  return [...notes.values()];
}

async function manifestNote(
  archive: Archive,
  stream: string,
  path: string,
): Promise<Note | undefined> {
  const digest = /\/manifests\/([0-9a-f]{64})\.json$/.exec(path)?.[1];
  if (digest === undefined || path !== manifestPath(stream, digest)) return undefined;
  const content = await archive.read(path);
  if (content === undefined || sha256(content) !== digest) return undefined;
  const manifest = parseManifest(content);
  if (typeof manifest === 'string' || manifest.predicate.stream !== stream) return undefined;
  const message = `No chain entry names it; it would be entry ${manifest.predicate.sequence}.`;
  return { code: 'uncommitted-manifest', path, message };
}

/** The ids of periods that have a sealed run. */
function sealedRuns(stream: string, entries: readonly WalkedEntry[]): Set<string> {
  const ids = new Set<string>();
  for (const { manifest } of entries) {
    const predicate = manifest?.predicate;
    if (predicate?.kind === 'run' && predicate.stream === stream) ids.add(predicate.period.id);
  }
  return ids;
}

function runNote(stream: string, path: string, sealed: ReadonlySet<string>): Note | undefined {
  const [, runs, id = '', ...rest] = path.split('/');
  const isRunFile = runs === 'runs' && rest.length > 0 && isPeriodId(id) && isArchivePath(path);
  if (!isRunFile || sealed.has(id)) return undefined;
  return {
    code: 'unsealed-run',
    path: runFolder(stream, id),
    message: `No sealed run speaks for ${id}.`,
  };
}
