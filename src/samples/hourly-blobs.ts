import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { makeFolder } from '../core/make-folder';

/** What has been written so far. */
export interface Written {
  files: number;
  bytes: number;
  records: number;
}

/** Small, so that what was gathered dies young in the garbage collector. */
const FLUSH_AT_CHARACTERS = 1 << 17;

/** A blob that is being written. */
interface OpenBlob {
  /** Lines not written yet. */
  text: string;
  /** Undefined until something was written. */
  file?: FileHandle;
}

/**
 * The blobs of one container and resource, one per hour of receipt. Lines for several hours can be open at
 * once; what is held in memory is a fraction of a mebibyte plus the lines meant for later hours.
 */
export class HourlyBlobs {
  private readonly blobs = new Map<number, OpenBlob>();
  private readonly made = new Set<number>();
  private newest = -Infinity;

  /**
   * `root` is a folder; `base` is hour 0 in Unix milliseconds; `resourcePath` gives what follows
   * `resourceId=` for an hour.
   */
  constructor(
    private readonly root: string,
    private readonly container: string,
    private readonly base: number,
    private readonly resourcePath: (hour: number) => string,
    private readonly written: Written,
  ) {}

  /** Adds a line to the blob of an hour. True when it is time to call `flush`. */
  add(hour: number, line: string): boolean {
    this.written.records += 1;
    return this.addRaw(hour, `${line}\n`);
  }

  /** Adds text that is no record; the caller ends it with a line feed or not. True as `add`. */
  addRaw(hour: number, text: string): boolean {
    let blob = this.blobs.get(hour);
    if (blob === undefined) {
      blob = { text: '' };
      this.blobs.set(hour, blob);
      this.newest = Math.max(this.newest, hour);
    }
    blob.text += text;
    return blob.text.length > FLUSH_AT_CHARACTERS;
  }

  /** Writes what is held for an hour. */
  async flush(hour: number): Promise<void> {
    const blob = this.blobs.get(hour);
    if (blob === undefined) return;
    const bytes = Buffer.from(blob.text, 'utf8');
    blob.text = '';
    blob.file ??= await this.create(hour);
    await blob.file.appendFile(bytes);
    this.written.bytes += bytes.length;
  }

  /** Writes and forgets an hour, to which nothing will be added any more. */
  async close(hour: number): Promise<void> {
    await this.flush(hour);
    await this.blobs.get(hour)?.file?.close();
    this.blobs.delete(hour);
  }

  /** Closes every hour that is still open, oldest first. */
  async closeAll(): Promise<void> {
    for (const hour of [...this.blobs.keys()].sort((a, b) => a - b)) await this.close(hour);
  }

  /** The newest hour that anything was added to; -Infinity when there is none. */
  newestHour(): number {
    return this.newest;
  }

  /** The path below the root of an hour's blob. */
  path(hour: number): string {
    const [date = '', time = ''] = new Date(this.base + hour * 3_600_000).toISOString().split('T');
    const [year = '', month = '', day = ''] = date.split('-');
    return (
      `${this.container}/resourceId=${this.resourcePath(hour)}/y=${year}/m=${month}/d=${day}` +
      `/h=${time.slice(0, 2)}/m=00/PT1H.json`
    );
  }

  private async create(hour: number): Promise<FileHandle> {
    const file = join(this.root, this.path(hour));
    await makeFolder(dirname(file));
    if (!this.made.has(hour)) this.written.files += 1;
    this.made.add(hour);
    return open(file, 'a');
  }
}
