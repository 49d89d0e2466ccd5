import Handlebars from 'handlebars';
import type { Problem } from '../core/errors';
import type { Language } from '../core/language';

/** What is wrong with a view's text, and which phrases it says. */
export class ViewReader extends Handlebars.Visitor {
  readonly problems: Problem[] = [];
  readonly said = new Set<string>();

  constructor(
    private readonly path: string,
    private readonly english: Language,
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

  /** `{{t 'key' name=value}}` must name a phrase, and a value for each of its placeholders. */
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
    this.said.add(key.value);
    const form = this.english.phrases.get(key.value);
    if (form === undefined) {
      this.complain(
        line,
        `No text '${key.value}' is in templates/languages/en.yaml.`,
        'Add it to every language.',
      );
      return;
    }
    const text = typeof form === 'string' ? form : `${form.one} ${form.other}`;
    const wanted = new Set(Array.from(text.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? ''));
    // The parser leaves the hash out where there is none.
    const pairs = (hash as hbs.AST.Hash | undefined)?.pairs ?? [];
    const given = new Set(pairs.map((pair) => pair.key));
    const missing = [...wanted].filter((name) => !given.has(name));
    const idle = [...given].filter((name) => !wanted.has(name));
    if (missing.length + idle.length === 0) return;
    this.complain(
      line,
      `The text '${key.value}' ${[
        ...missing.map((name) => `needs ${name}=…`),
        ...idle.map((name) => `has no {${name}}`),
      ].join(', ')}.`,
      'Give a value for each {name} of the text, and no other.',
    );
  }

  private complain(line: number, message: string, remedy: string): void {
    this.problems.push({ where: this.path, line, message, remedy });
  }
}
