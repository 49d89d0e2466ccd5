import { placeOf } from '../kql/errors';
import type { Place } from '../kql/errors';

const QUOTED_OR_COMMENT =
  /\/\/[^\n]*|@"(?:[^"]|"")*"|@'(?:[^']|'')*'|```[\s\S]*?```|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;

/** A query with its comments and the insides of its strings blanked out; every place stays the same. */
export function codeOnly(query: string): string {
  return query.replaceAll(QUOTED_OR_COMMENT, (text) => text.replaceAll(/[^\n]/g, ' '));
}

/** Where a pattern first occurs, 1-based, or undefined when it does not. */
export function findPlace(text: string, pattern: RegExp): Place | undefined {
  const index = text.search(pattern);
  return index < 0 ? undefined : placeOf(text, index);
}
