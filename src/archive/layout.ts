/** Where things are in an archive. `docs/architecture.md` shows the whole tree. */

const SEGMENT = /^[A-Za-z0-9._=-]{1,255}$/;
const STREAM = /^[a-z0-9-]+\.[a-z0-9-]+$/;
const ENTRY_FILE = /^(?!0{8})([0-9]{8})\.sigstore\.json$/;

/** Azure's limit for a blob's name, in characters. */
const LONGEST_PATH = 1024;

/** What is settled when a run begins: period, source, versions, the entry before. */
export const FACTS_FILE = 'run.json';
/** What a run was told to do: the report, its audits and their queries. */
export const DEFINITION_FILE = 'definition.json';

/** The stream of one report and scope: `daily.all`. Both ids match `[a-z0-9-]+`. */
export function streamName(reportId: string, scopeId: string): string {
  const stream = `${reportId}.${scopeId}`;
  if (!isStreamName(stream)) throw new RangeError(`not a report id and a scope id: ${stream}`);
  return stream;
}

/** Whether a folder of an archive's root has the name of a stream. */
export function isStreamName(name: string): boolean {
  return STREAM.test(name) && name.length <= 255;
}

/** The folder of a stream's chain, with a final slash. */
export function chainFolder(stream: string): string {
  return `${stream}/chain/`;
}

/** The file that commits an entry. Sequences begin with 1. */
export function chainPath(stream: string, sequence: number): string {
  return `${chainFolder(stream)}${padded(sequence)}.sigstore.json`;
}

/** The sequence that a file name in a chain folder stands for, or undefined when it stands for none. */
export function sequenceOf(fileName: string): number | undefined {
  const digits = ENTRY_FILE.exec(fileName)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** A manifest is found by the SHA-256 of its bytes. */
export function manifestPath(stream: string, sha256: string): string {
  return `${stream}/manifests/${sha256}.json`;
}

/** The folder of a run's files, with a final slash. A run's id is its period's id. */
export function runFolder(stream: string, runId: string): string {
  return `${stream}/runs/${runId}/`;
}

/** The folder of the files of a period’s n-th amendment, beside those of its run. */
export function amendmentFolder(stream: string, runId: string, number: number): string {
  return `${runFolder(stream, runId)}amendments/${String(number)}/`;
}

/** The folder of what people said of an entry, with a final slash. */
export function reviewFolder(stream: string, sequence: number): string {
  return `${stream}/reviews/${padded(sequence)}/`;
}

/** What a person said of an entry is found by the SHA-256 of its bytes. */
export function reviewPath(stream: string, sequence: number, sha256: string): string {
  return `${reviewFolder(stream, sequence)}${sha256}.json`;
}

/** An RFC 3161 time stamp (DER TimeStampResp) over an entry's signature; it may come later than the entry. */
export function witnessPath(stream: string, sequence: number): string {
  return `${stream}/witnesses/${padded(sequence)}.tsr`;
}

/** The sequence whose time stamp a path is, or undefined when it is none. */
export function sequenceOfWitness(stream: string, path: string): number | undefined {
  const digits = /\/witnesses\/(\d{8})\.tsr$/.exec(path)?.[1];
  const sequence = Number(digits);
  return path === witnessPath(stream, sequence) ? sequence : undefined;
}

/** A public key is found by its fingerprint: the SHA-256 of its SubjectPublicKeyInfo. */
export function keyPath(fingerprint: string): string {
  return `keys/${fingerprint}.pem`;
}

/** Whether an archive may hold a file of this path: see core `Archive`. */
export function isArchivePath(path: string): boolean {
  return path.length <= LONGEST_PATH && path.split('/').every(isSegment);
}

/** A path's segments. Throws a RangeError when no archive may hold such a path. */
export function pathSegments(path: string): string[] {
  if (!isArchivePath(path))
    throw new RangeError(`not a path of an archive: ${JSON.stringify(path)}`);
  return path.split('/');
}

function padded(sequence: number): string {
  return String(sequence).padStart(8, '0');
}

// Segments of dots alone are steps through the tree, not names.
function isSegment(segment: string): boolean {
  return SEGMENT.test(segment) && !/^\.+$/.test(segment);
}
