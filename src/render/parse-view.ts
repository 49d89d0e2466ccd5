import Handlebars from 'handlebars';
import type { Problem } from '../core/errors';
import type { PhraseCall } from './view-phrases';

/** A view's file, parsed once for all that is asked of it. */
export interface ParsedView {
  /** What Handlebars makes of it, as JavaScript; undefined when it makes nothing. */
  readonly code: string | undefined;
  /** The phrases that it says. */
  readonly calls: readonly PhraseCall[];
  /** What is wrong with it by itself. */
  readonly problems: readonly Problem[];
}

/**
 * Parses a view. `path` is for problems: a view that can't be parsed, leaves a value unescaped, or says no phrase where it
 * should. One whose name ends in `-text` makes plain text, which is not HTML-escaped.
 */
export function parseView(name: string, path: string, text: string): ParsedView {
  const isPlainText = name.endsWith('-text');
  try {
    const reader = new ViewReader(path, isPlainText);
    const program = Handlebars.parseWithoutProcessing(text);
    reader.accept(program);
    const code = Handlebars.precompile(program, {
      strict: true,
      knownHelpersOnly: true,
      knownHelpers: { t: true },
      noEscape: isPlainText,
    }) as string;
    return { code, calls: reader.calls, problems: reader.problems };
  } catch (error) {
    // Between its first line and its last the parser draws an arrow.
    const said = (error instanceof Error ? error.message : String(error)).split('\n');
    const message = [...said.slice(0, 1), ...said.slice(1).slice(-1)].join(' ');
    const line = Number(/ on line (\d+)/.exec(message)?.[1] ?? /- (\d+):\d+$/.exec(message)?.[1]);
    const place = Number.isNaN(line) ? {} : { line };
    const problems = [{ where: path, ...place, message, remedy: 'Mend the view.' }];
    return { code: undefined, calls: [], problems };
  }
}

class ViewReader extends Handlebars.Visitor {
  readonly problems: Problem[] = [];
  readonly calls: PhraseCall[] = [];

  constructor(
    private readonly path: string,
    /** A plain text may hold what HTML may not. */
    private readonly isPlainText: boolean,
  ) {
    super();
  }

  override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
    if (!mustache.escaped && !this.isPlainText) {
      this.complain(
        mustache.loc.start.line,
        'A value is put in unescaped.',
        'Write two braces, not three, and no “&”.',
      );
    }
    this.readPhrase(mustache);
    super.MustacheStatement(mustache);
  }

  override SubExpression(expression: hbs.AST.SubExpression): void {
    this.readPhrase(expression);
    super.SubExpression(expression);
  }

  private readPhrase({
    path,
    params,
    hash,
    loc,
  }: hbs.AST.MustacheStatement | hbs.AST.SubExpression): void {
    if ((path as hbs.AST.PathExpression).original !== 't') return;
    const [key] = params as hbs.AST.StringLiteral[];
    const { line } = loc.start;
    if (key?.type !== 'StringLiteral' || params.length !== 1) {
      this.complain(line, 'Expected one text in quotes after t.', "Write {{t 'group.name'}}.");
      return;
    }
    // The parser leaves the hash out where there is none.
    const pairs = (hash as hbs.AST.Hash | undefined)?.pairs ?? [];
    this.calls.push({ line, key: key.value, given: pairs.map((pair) => pair.key) });
  }

  private complain(line: number, message: string, remedy: string): void {
    this.problems.push({ where: this.path, line, message, remedy });
  }
}
