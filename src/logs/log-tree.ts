import type { Interval } from '../core/period';

/** One `PT1H.json` blob, or the file of the same layout in a folder. */
export interface LogFile {
  /** `/`-separated, beginning with the category: `insights-logs-…/resourceId=/…/PT1H.json`. */
  readonly path: string;
  /** In bytes, when it was listed; it may be growing. */
  readonly size: number;
  /** Changes whenever the content does: an ETag, or time and size. */
  readonly version: string;
}

/**
 * Raw logs as Azure's diagnostic settings write them. A category is a container's name in lower case,
 * `insights-logs-containerregistryloginevents`; a resource is the path between the category and `/y=`,
 * `resourceId=/SUBSCRIPTIONS/…`, in the case in which it was written. Trouble is LOGS_UNREACHABLE.
 */
export interface LogTree {
  /** For people: a folder or an address, without secrets. */
  readonly location: string;
  /** Folders in which `materialize` may leave files where they are. */
  readonly readable: readonly string[];
  categories(): Promise<readonly string[]>;
  resources(category: string): Promise<readonly string[]>;
  /** The files of one resource that were received in an interval, by the hour in their path, in no order. */
  list(category: string, resource: string, received: Interval): AsyncIterable<LogFile>;
  /** The path of a local copy of a file, made in the `scratch` folder unless the file is local itself. */
  materialize(file: LogFile, scratch: string): Promise<string>;
}
