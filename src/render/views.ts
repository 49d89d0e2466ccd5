import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runInThisContext } from 'node:vm';
import type Handlebars from 'handlebars';
import * as runtime from 'handlebars/runtime';
import type { Language, Languages, Text } from '../core/language';
import { sayPhrase } from '../core/language';
import type { Problem } from '../core/errors';
import { TallymanError } from '../core/errors';
import { prepared } from '../core/prepared';
import type { ParsedView } from './parse-view';
import { phraseProblems } from './view-phrases';
import { wrongView } from './wrong-view';

/** Handlebars without its compiler, which only a view that was changed needs; its types say nothing of it. */
const { create } = (runtime as unknown as { readonly default: typeof Handlebars }).default;

/** A compiled view: a model in, text out, in a language. */
export type View = (model: object, language: Language) => string;

/** All views, compiled once and used for every report. */
export interface Views {
  readonly report: View;
  readonly runMail: View;
  readonly runMailText: View;
  readonly digestMail: View;
  readonly digestMailText: View;
  /** The page's style sheet, as it is put into every page. */
  readonly style: string;
  readonly languages: Languages;
}

/** A view's file name without `.hbs`. */
const FILES: Readonly<Record<Exclude<keyof Views, 'style' | 'languages'>, string>> = {
  report: 'report',
  runMail: 'run-mail',
  runMailText: 'run-mail-text',
  digestMail: 'digest-mail',
  digestMailText: 'digest-mail-text',
};

/** A view's file. */
interface Source {
  readonly name: string;
  /** What Handlebars makes of it; undefined when it makes nothing. */
  readonly compiled: TemplateSpecification | undefined;
  readonly problems: readonly Problem[];
  /** Keys of the phrases that it says. */
  readonly said: ReadonlySet<string>;
}

/** A folder of views as far as it could be read. */
interface ViewsReading {
  readonly views: readonly Source[];
  readonly partials: readonly Source[];
  readonly style: string | undefined;
  readonly problems: readonly Problem[];
  /** Keys of the phrases that the views say. */
  readonly said: ReadonlySet<string>;
}

/**
 * Reads and compiles `<folder>/*.hbs`, `<folder>/partials/*.hbs` and `<folder>/style.css`.
 * Throws CATALOG_INVALID with every problem: a view that is missing, cannot be parsed, calls an unknown helper, says
 * a phrase that is not there or leaves a value unescaped.
 */
export async function loadViews(folder: string, languages: Languages): Promise<Views> {
  const { views, partials, style, problems } = await readViews(folder, languages.en);
  if (problems.length > 0 || style === undefined) {
    throw new TallymanError('CATALOG_INVALID', 'The views cannot be used.', {
      hint: 'Restore templates/views from the version that was shipped, or mend what is named.',
      problems,
    });
  }
  return compileViews(views, partials, style, languages);
}

/** Everything that is wrong with a folder of views, and the phrases that they say. Never throws for it. */
export async function checkViews(
  folder: string,
  english: Language,
): Promise<Pick<ViewsReading, 'problems' | 'said'>> {
  const { problems, said } = await readViews(folder, english);
  return { problems, said };
}

async function readViews(folder: string, english: Language): Promise<ViewsReading> {
  const [views, partials, style] = await Promise.all([
    readSources(folder, english),
    readSources(join(folder, 'partials'), english),
    readFile(join(folder, 'style.css'), 'utf8').catch(() => undefined),
  ]);
  const sources = [...views, ...partials];
  const problems = sources.flatMap((source) => source.problems);
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
  const said = new Set(sources.flatMap((source) => [...source.said]));
  return { views, partials, style, problems, said };
}

async function readSources(folder: string, english: Language): Promise<Source[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.hbs')).sort();
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, file);
      const name = basename(file, '.hbs');
      return readSource(name, path, await readFile(path, 'utf8'), english);
    }),
  );
}

async function readSource(
  name: string,
  path: string,
  text: string,
  english: Language,
): Promise<Source> {
  const { code, calls, problems } =
    (prepared(name, text) as ParsedView | undefined) ??
    (await import('./parse-view.js')).parseView(name, path, text);
  return {
    name,
    compiled:
      code === undefined ? undefined : (runInThisContext(`(${code})`) as TemplateSpecification),
    problems: [...problems, ...phraseProblems(path, calls, english)],
    said: new Set(calls.map(({ key }) => key)),
  };
}

function compileViews(
  views: readonly Source[],
  partials: readonly Source[],
  style: string,
  languages: Languages,
): Views {
  const engine = strictEngine();
  for (const { name, compiled } of partials) {
    if (compiled !== undefined) engine.registerPartial(name, engine.template(compiled));
  }
  const view = (wanted: string): View => {
    const compiled = views.find(({ name }) => name === wanted)?.compiled;
    if (compiled === undefined) throw new Error(`the view ${wanted} has not been compiled`);
    const template = engine.template(compiled);
    return (model, language) => {
      try {
        return template(model, { data: { language } });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw wrongView(`The view ${wanted}.hbs can’t be filled: ${why}`, { cause: error });
      }
    };
  };
  return {
    report: view(FILES.report),
    runMail: view(FILES.runMail),
    runMailText: view(FILES.runMailText),
    digestMail: view(FILES.digestMail),
    digestMailText: view(FILES.digestMailText),
    style,
    languages,
  };
}

/**
 * Handlebars whose `each`, `if` and `unless` refuse what is not there: its own treat a wrong path as an empty list,
 * and a report would lose rows without a word.
 */
function strictEngine(): typeof Handlebars {
  const engine = create();
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
  // What it gives is escaped like any other value.
  engine.registerHelper('t', (key: string, { hash, data }: Handlebars.HelperOptions): string => {
    const { language } = data as { language: Language };
    return sayPhrase(key, hash as Record<string, Text>, language);
  });
  return engine;
}
