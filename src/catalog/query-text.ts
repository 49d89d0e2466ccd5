import type { Place } from './yaml-file';

const QUOTED_OR_COMMENT =
  /\/\/[^\n]*|@"(?:[^"]|"")*"|@'(?:[^']|'')*'|```[\s\S]*?```|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;

/** A query with its comments and the insides of its strings blanked out; every place stays the same. */
export function codeOnly(query: string): string {
  return query.replaceAll(QUOTED_OR_COMMENT, (text) => text.replaceAll(/[^\n]/g, ' '));
}

/** Where a pattern first occurs, 1-based, or undefined when it does not. */
export function findPlace(text: string, pattern: RegExp): Place | undefined {
  const index = text.search(pattern);
  if (index < 0) return undefined;
  const before = text.slice(0, index);
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
}
