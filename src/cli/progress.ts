/** One line that is rewritten in place at a terminal, and nothing at all elsewhere. */
export class ProgressLine {
  #shown = false;

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  show(text: string): void {
    if (!this.stream.isTTY) return;
    this.stream.write(`\r\u001b[2K${text.slice(0, (this.stream.columns || 80) - 1)}`);
    this.#shown = true;
  }

  /** Clears the line, so that ordinary output can follow. */
  clear(): void {
    if (!this.#shown) return;
    this.stream.write('\r\u001b[2K');
    this.#shown = false;
  }
}
