import { isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, ErrorCode } from 'yaml';

import type { Problem } from '../core/errors';
import type { Place } from '../kql/errors';

/** A parsed YAML file that remembers where each value stands. */
export interface YamlFile {
  /** The path, for messages. */
  readonly where: string;
  readonly value: unknown;
  /** Where the value at a path stands; where it is missing, the nearest thing around it. */
  placeOf(path: readonly PropertyKey[]): Place;
  /** Where a key itself stands. */
  placeOfKey(path: readonly PropertyKey[], key: string): Place;
}

/** What to do about a mistake, by the parser's code for it. */
const REMEDIES: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'Indent with blanks.',
  DUPLICATE_KEY: 'Take one of them away.',
  MULTIPLE_DOCS: 'Take away what follows the line ---: a file holds one definition.',
  TAG_RESOLVE_FAILED: 'Take the tag away.',
};
const QUOTE = "Put texts that hold ': ', ' #' or brackets into quotes.";

/**
 * Parses a definition. Aliases, tags and merge keys are refused: definitions don't need them, and
 * nested aliases make small files huge. Undefined, and problems added, when it is not plain YAML.
 */
export function parseYaml(where: string, text: string, problems: Problem[]): YamlFile | undefined {
  const lines = new LineCounter();
  const found: Problem[] = [];
  try {
    const document = parseDocument(text, { lineCounter: lines, stringKeys: true });
    for (const error of [...document.errors, ...document.warnings]) {
      const sentence =
        error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
      const { line, col } = lines.linePos(error.pos[0]);
      const message = `Expected YAML: ${sentence}.`;
      const remedy = REMEDIES[error.code] ?? QUOTE;
      // The parser may say the same of each of many brackets.
      const same = (one: Problem): boolean => one.message === message && one.line === line;
      if (!found.some(same)) found.push({ where, line, column: col, message, remedy });
    }
    visit(document, {
      Alias: (_, alias) => {
        const { line, col } = lines.linePos(alias.range?.[0] ?? 0);
        found.push({
          where,
          line,
          column: col,
          message: `Expected a plain value, came the alias '*${alias.source}'.`,
          remedy: 'Write the value out.',
        });
      },
    });
    problems.push(...found);
    return found.length > 0 ? undefined : yamlFile(where, document, lines);
  } catch (error) {
    // The parser recurses, so a file of nothing but brackets exhausts its stack.
    const reason = error instanceof Error ? error.message : String(error);
    problems.push({ where, line: 1, message: `Expected YAML that can be read: ${reason}.` });
    return undefined;
  }
}

function yamlFile(where: string, document: Document, lines: LineCounter): YamlFile {
  const at = (offset: number | undefined): Place => {
    const { line, col } = lines.linePos(offset ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const placeOf = (path: readonly PropertyKey[]): Place => {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const node: unknown = document.getIn(path.slice(0, depth), true);
      if (isNode(node)) return at(node.range?.[0]);
    }
    return at(document.contents?.range?.[0]);
  };
  const placeOfKey = (path: readonly PropertyKey[], key: string): Place => {
    const map: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
    const pairs = isMap(map) ? map.items : [];
    const pair = pairs.find((item) => isScalar(item.key) && item.key.value === key);
    return isScalar(pair?.key) ? at(pair.key.range?.[0]) : placeOf(path);
  };
  return { where, value: document.toJS(), placeOf, placeOfKey };
}
