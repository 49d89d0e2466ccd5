import {
  amendmentFolder,
  DEFINITION_FILE,
  FACTS_FILE,
  isArchivePath,
  keyPath,
  manifestPath,
  reviewFolder,
  runFolder,
} from './layout';
import type { Outline } from './outline';
import type { Predicate } from './predicates';

/** Which files an entry of a kind may list. Names are relative to the stream’s folder. */
export function maySpeakFor(predicate: Predicate, name: string): boolean {
  // A detour to a file of the stream is another name for it than the one that it has.
  const path = name.startsWith('../') ? '' : subjectPath(predicate.stream, name);
  switch (predicate.kind) {
    case 'genesis':
      return [keyPath(predicate.keyFingerprint), 'verify.sh', 'verify.jq', 'README.txt'].includes(
        subjectPath('', name),
      );
    case 'run': {
      const folder = `${predicate.stream}/runs/${predicate.period.id}/`;
      return isFileIn(folder, path) && !path.startsWith(`${folder}amendments/`);
    }
    case 'amendment':
      return isFileIn(
        amendmentFolder(predicate.stream, predicate.period.id, predicate.number),
        path,
      );
    case 'review':
      return isFileIn(reviewFolder(predicate.stream, predicate.reviews.sequence), path);
    case 'key-rotation':
      return name === `../${keyPath(predicate.newKeyFingerprint)}`;
    case 'gap':
    case 'definition-change':
    case 'destruction':
      // A statement must be about something: these have no files, so they are about the chain before them.
      return path === manifestPath(predicate.stream, predicate.previous?.sha256 ?? '');
  }
}

/** A subject’s path in the archive. */
export function subjectPath(stream: string, name: string): string {
  return name.startsWith('../') ? name.slice('../'.length) : `${stream}/${name}`;
}

/** The folder whose files an entry speaks for; undefined when it has none of its own. */
export function fileFolder(stream: string, outline: Outline): string | undefined {
  switch (outline.kind) {
    case 'run':
      return runFolder(stream, outline.period.id);
    case 'amendment':
      return amendmentFolder(stream, outline.period.id, outline.number);
    case 'review':
      return reviewFolder(stream, outline.reviews.sequence);
    default:
      return undefined;
  }
}

/** The files that an entry of its kind must list, and this one does not. */
export function unlistedFiles(
  stream: string,
  {
    predicate,
    subject,
  }: { readonly predicate: Predicate; readonly subject: readonly { readonly name: string }[] },
): string[] {
  if (predicate.kind !== 'run' && predicate.kind !== 'amendment') return [];
  const folder = fileFolder(stream, predicate);
  const listed = new Set(subject.map(({ name }) => subjectPath(stream, name)));
  return [DEFINITION_FILE, FACTS_FILE].filter((name) => !listed.has(`${String(folder)}${name}`));
}

function isFileIn(folder: string, path: string): boolean {
  return path.startsWith(folder) && isArchivePath(path);
}
