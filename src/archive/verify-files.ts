import type { Archive } from '../core/archive';
import { sha256 } from '../core/digest';
import type { WalkedEntry } from './chain-walk';
import type { Note, ReportDiscrepancy } from './discrepancies';
import { mapInParallel } from '../core/in-parallel';
import { chainPath, isArchivePath, manifestPath, runFolder } from './layout';
import type { Manifest } from './manifest';
import { isPeriodId, maySpeakFor, parseManifest, subjectPath } from './manifest';

const READS_AT_ONCE = 8;

/** An entry that says something of its own stream, about files that it may speak for. */
export interface SpeakingEntry {
  readonly sequence: number;
  readonly manifest: Manifest;
}

/** The entries that may speak; reports those that list files which an entry of their kind must not. */
export function speakingEntries(
  stream: string,
  entries: readonly WalkedEntry[],
  report: ReportDiscrepancy,
): SpeakingEntry[] {
  const speaking: SpeakingEntry[] = [];
  for (const { sequence, manifest } of entries) {
    if (manifest?.predicate.stream !== stream) continue;
    const misplaced = manifest.subject.find(({ name }) => !maySpeakFor(manifest.predicate, name));
    if (misplaced === undefined) speaking.push({ sequence, manifest });
    else report('subject-misplaced', chainPath(stream, sequence), `It lists ${misplaced.name}.`);
  }
  return speaking;
}

/** Checks that every file that the entries list is there with its digest. Returns the files’ paths. */
export async function checkSealedFiles(
  archive: Archive,
  stream: string,
  entries: readonly SpeakingEntry[],
  report: ReportDiscrepancy,
): Promise<string[]> {
  const subjects = entries.flatMap(({ manifest }) => manifest.subject);
  return mapInParallel(subjects, READS_AT_ONCE, async ({ name, digest }) => {
    const path = subjectPath(stream, name);
    const content = await archive.read(path);
    const found = content === undefined ? undefined : sha256(content);
    if (found === undefined) {
      report('file-missing', path, `Expected a file with the digest ${digest.sha256}.`);
    } else if (found !== digest.sha256) {
      report('file-altered', path, `Expected the digest ${digest.sha256}, found ${found}.`);
    }
    return path;
  });
}

/**
 * Explains the files of a stream’s folder that no entry speaks for, or reports them.
 * `sealed` are the ids of the periods that have a sealed run.
 */
export async function checkOtherFiles(
  archive: Archive,
  stream: string,
  paths: readonly string[],
  sealed: ReadonlySet<string>,
  report: ReportDiscrepancy,
): Promise<Note[]> {
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
