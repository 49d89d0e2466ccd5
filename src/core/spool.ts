import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolderSync } from './make-folder';
import { bytesOf, piecesOf, type Pieces } from './pieces';

/** What is not larger stays in memory. */
const MOST_IN_MEMORY = 1 << 20;

/** So much is read from a file at once. */
const PIECE = 1 << 18;

let folder = tmpdir();

/** Has what is too large for memory kept in another folder than the system's own for temporary files; it is made. */
export function spoolIn(otherFolder: string): void {
  makeFolderSync(otherFolder);
  folder = otherFolder;
}

/**
 * Takes in bytes one after another and gives them back as pieces: from memory while they are few, and otherwise from
 * a file that has no name any more, so that it is gone when nobody can read it, however the process ends.
 */
export class Spool {
  private kept: Uint8Array[] = [];
  private keptBytes = 0;
  private size = 0;
  private file: number | undefined;

  constructor(private readonly mostInMemory = MOST_IN_MEMORY) {}

  add(content: Uint8Array | string): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    this.kept.push(bytes);
    this.keptBytes += bytes.byteLength;
    this.size += bytes.byteLength;
    if (this.keptBytes > this.mostInMemory) this.flush();
  }

  /** Everything that was added. Nothing can be added afterwards. */
  end(): Pieces {
    if (this.file === undefined) return piecesOf(this.takeKept());
    this.flush();
    return inFile(this.file, this.size);
  }

  /** Throws everything away, for a caller that does not want it after all. */
  discard(): void {
    this.takeKept();
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private flush(): void {
    this.file ??= openNameless();
    const bytes = this.takeKept();
    for (let at = 0; at < bytes.byteLength;) at += writeSync(this.file, bytes, at);
  }

  private takeKept(): Uint8Array {
    const bytes = Buffer.concat(this.kept);
    this.kept = [];
    this.keptBytes = 0;
    return bytes;
  }
}

/** Everything that comes, as pieces. */
export function spooled(contents: Iterable<Uint8Array | string>): Pieces {
  const spool = new Spool();
  for (const content of contents) spool.add(content);
  return spool.end();
}

/** The same for what comes little by little. */
export async function spooledLater(contents: AsyncIterable<Uint8Array | string>): Promise<Pieces> {
  const spool = new Spool();
  try {
    for await (const content of contents) spool.add(content);
  } catch (error) {
    spool.discard();
    throw error;
  }
  return spool.end();
}

/** A file's bytes; its name is gone at once. */
export function takeFile(path: string): Pieces {
  const file = openSync(path, 'r');
  unlinkSync(path);
  const { size } = fstatSync(file);
  if (size > MOST_IN_MEMORY) return inFile(file, size);
  try {
    return piecesOf(bytesOf(new FilePieces(file, size)));
  } finally {
    closeSync(file);
  }
}

function openNameless(): number {
  const path = join(folder, `tallyman-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

const abandoned = new FinalizationRegistry<number>((file) => {
  closeSync(file);
});

/** The file is closed when nobody can read these pieces any more. */
function inFile(file: number, size: number): Pieces {
  const pieces: Pieces = new FilePieces(file, size);
  abandoned.register(pieces, file);
  return pieces;
}

class FilePieces implements Pieces {
  constructor(
    private readonly file: number,
    readonly size: number,
  ) {}

  *read(start = 0, end = this.size): Generator<Uint8Array> {
    for (let at = start; at < end;) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE, end - at));
      const length = readSync(this.file, piece, 0, piece.length, at);
      if (length === 0) throw new Error('a temporary file has become shorter');
      yield piece.subarray(0, length);
      at += length;
    }
  }
}
