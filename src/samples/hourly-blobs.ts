import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What has been written so far. */
export interface Written {
  files: number;
  bytes: number;
  records: number;
}

const FLUSH_AT_CHARACTERS = 1 << 20;

/**
 * The blobs of one container and resource, one per hour of receipt. Lines for several hours can be open at
 * once; what is held in memory is at most about a mebibyte plus the lines meant for later hours.
 */
export class HourlyBlobs {
  private readonly open = new Map<number, string>();
  private readonly begun = new Set<number>();

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
    const text = `${this.open.get(hour) ?? ''}${line}\n`;
    this.open.set(hour, text);
    this.written.records += 1;
    return text.length > FLUSH_AT_CHARACTERS;
  }

  /** Adds text that is no record; the caller ends it with a line feed or not. */
  addRaw(hour: number, text: string): void {
    this.open.set(hour, (this.open.get(hour) ?? '') + text);
  }

  /** Writes what is held for an hour. */
  async flush(hour: number): Promise<void> {
    const text = this.open.get(hour);
    if (text === undefined) return;
    this.open.set(hour, '');
    const file = join(this.root, this.path(hour));
    if (!this.begun.has(hour)) {
      this.begun.add(hour);
      this.written.files += 1;
      await mkdir(dirname(file), { recursive: true });
    }
    const bytes = Buffer.from(text, 'utf8');
    this.written.bytes += bytes.length;
    await appendFile(file, bytes);
  }

  /** Writes and forgets an hour, to which nothing will be added any more. */
  async close(hour: number): Promise<void> {
    await this.flush(hour);
    this.open.delete(hour);
  }

  /** Closes every hour that is still open, oldest first. */
  async closeAll(): Promise<void> {
    for (const hour of [...this.open.keys()].sort((a, b) => a - b)) await this.close(hour);
  }

  /** The newest hour that has a blob, written or not yet; -Infinity when there is none. */
  newestHour(): number {
    return Math.max(...this.begun, ...this.open.keys());
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
}
