import type { Archive } from '../core/archive';
import { sha256, stableJson } from '../core/digest';
import { TallymanError } from '../core/errors';
import { mapInParallel } from '../core/in-parallel';
import { bytesOf, piecesOf, type Content, type Pieces } from '../core/pieces';

const WRITES_AT_ONCE = 8;

export interface RunFile {
  /** Below the run's folder: `evidence/tags-deleted.json`. */
  readonly path: string;
  readonly content: Content;
}

/**
 * The files of one run while it is being made. Every file is written once under a name that depends on
 * the period alone, so that a run that was killed goes on where it stopped and two workers end with the
 * same bytes. What was found in the folder is believed only when the private journal names its digest:
 * nobody can plant an answer before the run is made.
 */
export class RunFolder {
  readonly #known = new Set<string>();
  readonly #digests = new Map<string, string>();

  private constructor(
    private readonly archive: Archive,
    private readonly journal: Archive,
    private readonly stream: string,
    private readonly runId: string,
  ) {}

  /** The folder of a run, whether or not an attempt has begun it. */
  static async ofRun(
    archive: Archive,
    journal: Archive,
    stream: string,
    runId: string,
  ): Promise<RunFolder> {
    const folder = new RunFolder(archive, journal, stream, runId);
    await folder.#readJournal();
    return folder;
  }

  /** Path from the stream's folder, as manifests name it: `runs/2026-03-02/report.html`. */
  nameInStream(path: string): string {
    return `runs/${this.runId}/${path}`;
  }

  /** A file that an earlier attempt wrote, or undefined. Throws ARCHIVE_CONFLICT when it is not ours. */
  async read(path: string): Promise<Uint8Array | undefined> {
    const content = await this.open(path);
    return content && bytesOf(content);
  }

  /** The same for a file that may be too large for memory. */
  async open(path: string): Promise<Pieces | undefined> {
    const content = await this.archive.open(`${this.stream}/${this.nameInStream(path)}`);
    if (content === undefined) return undefined;
    const digest = sha256(content);
    if (!this.#known.has(entryOf(path, digest))) {
      await this.#readJournal();
      if (!this.#known.has(entryOf(path, digest))) throw this.#foreignFile(path);
    }
    this.#digests.set(path, digest);
    return content;
  }

  /**
   * Writes files and gives back what the archive holds afterwards, in the same order: for a file that an
   * earlier or concurrent attempt wrote, its bytes and not ours.
   */
  async write<const T extends readonly RunFile[]>(
    files: T,
  ): Promise<{ -readonly [K in keyof T]: Pieces }> {
    const digests = files.map((file) => ({ path: file.path, sha256: sha256(file.content) }));
    // Before any file: a digest that the journal does not name yet would look planted after a crash.
    await this.#writeJournal(digests);
    const kept = await mapInParallel(files, WRITES_AT_ONCE, (file) => this.#create(file));
    return kept as { -readonly [K in keyof T]: Pieces };
  }

  /**
   * Takes in every further file of the run's folder, so that nothing in it stays unlisted: an earlier
   * attempt, perhaps of another version, may have written more. Throws ARCHIVE_CONFLICT for a foreign one.
   */
  async adoptRest(): Promise<void> {
    const prefix = `${this.stream}/${this.nameInStream('')}`;
    for await (const { path } of this.archive.list(prefix)) {
      const name = path.slice(prefix.length);
      if (!this.#digests.has(name)) await this.open(name);
    }
  }

  /** Every file written or read so far, in code-unit order of the names that manifests use. */
  subjects(): { name: string; sha256: string }[] {
    return [...this.#digests]
      .map(([path, digest]) => ({ name: this.nameInStream(path), sha256: digest }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #create({ path, content }: RunFile): Promise<Pieces> {
    const result = await this.archive.create(`${this.stream}/${this.nameInStream(path)}`, content);
    if (result === 'exists') return (await this.open(path)) ?? piecesOf(content);
    this.#digests.set(path, sha256(content));
    return piecesOf(content);
  }

  async #writeJournal(digests: readonly { path: string; sha256: string }[]): Promise<void> {
    const content = Buffer.from(stableJson({ files: digests }));
    await this.journal.create(`${this.#journalFolder()}${sha256(content)}.json`, content);
    for (const { path, sha256: digest } of digests) this.#known.add(entryOf(path, digest));
  }

  async #readJournal(): Promise<void> {
    for await (const file of this.journal.list(this.#journalFolder())) {
      const content = await this.journal.read(file.path);
      if (content === undefined) continue;
      const { files } = JSON.parse(Buffer.from(content).toString('utf8')) as {
        files: { path: string; sha256: string }[];
      };
      for (const { path, sha256: digest } of files) this.#known.add(entryOf(path, digest));
    }
  }

  #journalFolder(): string {
    return `journal/${this.stream}/${this.runId}/`;
  }

  #foreignFile(path: string): TallymanError {
    return new TallymanError(
      'ARCHIVE_CONFLICT',
      `${this.stream}/${this.nameInStream(path)} is in the archive, and this program did not write it.`,
      {
        hint: 'Find out who wrote it. Move the file away, or have the period recorded as a gap.',
      },
    );
  }
}

function entryOf(path: string, digest: string): string {
  return `${digest} ${path}`;
}
