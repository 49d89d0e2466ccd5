import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import Handlebars from 'handlebars';
import type { Problem } from '../core/errors';
import { TallymanError } from '../core/errors';

/** A compiled view: a model in, text out. */
export type View = (model: object) => string;

/** All views, compiled once and used for every report. */
export interface Views {
  readonly report: View;
  readonly runMail: View;
  readonly runMailText: View;
  readonly digestMail: View;
  readonly digestMailText: View;
  /** The page's style sheet, as it is put into every page. */
  readonly style: string;
}

/** A view's file name without `.hbs`. One that ends in `-text` makes plain text, which is not HTML-escaped. */
const FILES: Readonly<Record<Exclude<keyof Views, 'style'>, string>> = {
  report: 'report',
  runMail: 'run-mail',
  runMailText: 'run-mail-text',
  digestMail: 'digest-mail',
  digestMailText: 'digest-mail-text',
};

interface Source {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/**
 * Reads and compiles `<folder>/*.hbs`, `<folder>/partials/*.hbs` and `<folder>/style.css`.
 * Throws CATALOG_INVALID with every problem: a view that is missing, cannot be parsed, calls an unknown helper or
 * leaves a value unescaped.
 */
export async function loadViews(folder: string): Promise<Views> {
  const [views, partials, style] = await Promise.all([
    readSources(folder),
    readSources(join(folder, 'partials')),
    readFile(join(folder, 'style.css'), 'utf8').catch(() => undefined),
  ]);
  const problems: Problem[] = [];
  for (const source of [...views, ...partials]) problems.push(...checkSource(source));
  for (const name of Object.values(FILES)) {
    if (!views.some((view) => view.name === name)) {
      problems.push({ where: join(folder, `${name}.hbs`), message: 'The view is missing.' });
    }
  }
  if (style === undefined) {
    problems.push({ where: join(folder, 'style.css'), message: 'The style sheet is missing.' });
  } else if (/<\/style/i.test(style)) {
    problems.push({
      where: join(folder, 'style.css'),
      message: 'A style sheet cannot hold “</style”.',
    });
  }
  if (problems.length > 0 || style === undefined) {
    throw new TallymanError('CATALOG_INVALID', 'The views cannot be used.', {
      hint: 'Restore templates/views from the version that was shipped, or mend what is named.',
      problems,
    });
  }
  return compileViews(views, partials, style);
}

async function readSources(folder: string): Promise<Source[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.hbs')).sort();
  return Promise.all(
    files.map(async (name) => {
      const path = join(folder, name);
      return { name: basename(name, '.hbs'), path, text: await readFile(path, 'utf8') };
    }),
  );
}

function isPlainText(name: string): boolean {
  return name.endsWith('-text');
}

function compileViews(views: readonly Source[], partials: readonly Source[], style: string): Views {
  const engine = strictEngine();
  for (const { name, text } of partials) {
    engine.registerPartial(name, engine.compile(text, compileOptions(name)));
  }
  const view = (name: string): View => {
    const template = engine.compile(
      views.find((source) => source.name === name)?.text ?? '',
      compileOptions(name),
    );
    return (model) => template(model);
  };
  return {
    report: view(FILES.report),
    runMail: view(FILES.runMail),
    runMailText: view(FILES.runMailText),
    digestMail: view(FILES.digestMail),
    digestMailText: view(FILES.digestMailText),
    style,
  };
}

function compileOptions(name: string): CompileOptions {
  return { strict: true, knownHelpersOnly: true, noEscape: isPlainText(name) };
}

/**
 * Handlebars whose `each`, `if` and `unless` refuse what is not there: its own treat a wrong path as an empty list,
 * and a report would lose rows without a word.
 */
function strictEngine(): typeof Handlebars {
  const engine = Handlebars.create();
  engine.registerHelper(
    'each',
    function (list: unknown, options: Handlebars.HelperOptions): string {
      if (!Array.isArray(list)) throw new TypeError('a view repeats something that is not a list');
      return list.map((item) => options.fn(item)).join('');
    },
  );
  const choose = (wanted: boolean) =>
    function (this: unknown, value: unknown, options: Handlebars.HelperOptions): string {
      if (value === undefined) throw new TypeError('a view asks for something that is not there');
      const holds = Array.isArray(value) ? value.length > 0 : Boolean(value);
      return holds === wanted ? options.fn(this) : options.inverse(this);
    };
  engine.registerHelper('if', choose(true));
  engine.registerHelper('unless', choose(false));
  return engine;
}

function checkSource({ name, path, text }: Source): Problem[] {
  try {
    Handlebars.precompile(text, compileOptions(name));
    const visitor = new UnescapedFinder(path);
    visitor.accept(Handlebars.parse(text));
    return isPlainText(name) ? [] : visitor.problems;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ where: path, message, remedy: 'Mend the view.' }];
  }
}

class UnescapedFinder extends Handlebars.Visitor {
  readonly problems: Problem[] = [];

  constructor(private readonly path: string) {
    super();
  }

  override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
    if (!mustache.escaped) {
      this.problems.push({
        where: this.path,
        line: mustache.loc.start.line,
        message: 'A value is put in unescaped.',
        remedy: 'Write two braces, not three, and no “&”.',
      });
    }
    super.MustacheStatement(mustache);
  }
}
