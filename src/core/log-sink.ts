/** A log archive that is written to, in the layout that `LogTree` reads. */
export interface LogSink {
  /** For people: a folder or an address, without secrets. */
  readonly location: string;
  /**
   * Appends whole lines, each with its line feed, to the file of one resource and hour: all of them or none.
   * `path` is `insights-logs-…/resourceId=/…/y=…/m=…/d=…/h=…/m=00/PT1H.json`; when it takes no more, the lines
   * go into `PT1H_1.json` beside it, and so on. Throws LOGS_UNREACHABLE.
   */
  append(path: string, lines: string): Promise<void>;
  /** Writes a file of its own, once. Throws LOGS_UNREACHABLE. */
  keepAside(path: string, content: string): Promise<void>;
}
