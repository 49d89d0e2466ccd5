import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { makeFolder } from '../core/make-folder';
import { cacheFolder, newScratch, systemClock } from '../machine';
import { openLogSource } from '../open-logs';
import { openMaker, shippedTemplates } from '../shipped';
import { piecesOf } from '../core/pieces';
import { stableJson } from '../core/digest';
import { TallymanError } from '../core/errors';
import type { LanguageId } from '../core/language';
import { say } from '../core/language';
import type { OwnTable } from '../core/known-tables';
import type { LogSource } from '../core/logs';
import type { Period } from '../core/period';
import { Preview } from '../run/preview';
import { REPORT_HTML } from '../run/outputs';
import { findStreams, type StreamDefinition } from '../run/streams';
import { environmentSettings } from '../settings';
import { namedPeriod } from './named-period';
import { placeOf } from './options';
import { print, reportError, type ExitCode } from './output';
import { openInBrowser } from './open-in-browser';
import { previewLogs, SAMPLE_PERIODS } from './preview-logs';
import { ProgressLine } from './progress';
import { watchFolder } from './watch-folder';

export interface PreviewOptions {
  readonly period?: string;
  readonly scope?: string;
  readonly logs?: string;
  readonly templates?: string;
  readonly language?: LanguageId;
  readonly out: string;
  readonly open?: true;
  readonly watch?: true;
}

/** Makes a report’s files from sample logs, once or whenever something changes. */
export async function previewCommand(reportId: string, options: PreviewOptions): Promise<ExitCode> {
  const templates =
    options.templates ?? environmentSettings().TALLYMAN_TEMPLATES ?? shippedTemplates();
  const progress = new ProgressLine();
  const logs = await logsOf(options, progress);
  const previewer = new Previewer(reportId, { ...options, templates, logs }, progress);
  try {
    if (options.watch !== true) {
      await previewer.make();
      if (options.open === true) await openInBrowser(previewer.page);
      return 0;
    }
    // From the first look on: what is written meanwhile counts.
    const changes = watchFolder(templates);
    let opened = options.open !== true;
    while ((await changes.next()).done !== true) {
      const made = await previewer.make().then(
        () => true,
        (error: unknown) => {
          reportError(error, false);
          return false;
        },
      );
      if (made && !opened) await openInBrowser(previewer.page);
      opened ||= made;
      print('Watching; Ctrl+C ends it.');
    }
    return 0;
  } finally {
    progress.clear();
    await previewer.close();
  }
}

async function logsOf(options: PreviewOptions, progress: ProgressLine): Promise<string> {
  if (options.logs === undefined) {
    const { software } = await openMaker();
    const cache = cacheFolder(environmentSettings()) ?? join(tmpdir(), 'tallyman');
    return previewLogs(cache, software.version, progress);
  }
  if (options.period !== undefined) return options.logs;
  throw new TallymanError('ARGUMENT_INVALID', '--logs needs --period.', {
    hint: 'Name a date in the period that these logs cover, such as --period 2026-03-02.',
  });
}

/** Makes the files again and again, and keeps what the logs have answered. */
class Previewer {
  readonly #scratch = newScratch();
  readonly #preview = new Preview();
  #source: { readonly of: string; readonly source: LogSource } | undefined;

  constructor(
    private readonly reportId: string,
    private readonly options: PreviewOptions & {
      readonly templates: string;
      readonly logs: string;
    },
    private readonly progress: ProgressLine,
  ) {}

  get page(): string {
    return resolve(this.options.out, REPORT_HTML);
  }

  async make(): Promise<void> {
    const started = performance.now();
    const { templates, out, language } = this.options;
    const { loadCheckedCatalog } = await import('../catalog/lint.js');
    const catalog = await loadCheckedCatalog(
      templates,
      language === undefined ? undefined : { report: this.reportId, language },
    );
    const { views, software } = await openMaker(templates);
    const [stream] = findStreams(catalog, this.reportId, this.options.scope);
    if (stream === undefined) throw new TypeError('a report without a scope');
    const { report, files, asked } = await this.#preview.make({
      ...{ catalog, views, software, report: stream.report, scope: stream.scope },
      period: this.#periodOf(stream),
      source: await this.#sourceFor(catalog.tables.own),
      now: systemClock,
      onAsked: (done, total) => {
        this.progress.show(`${done} of ${total} questions answered`);
      },
    });
    for (const { path, content } of files) {
      const file = join(out, path);
      await makeFolder(dirname(file));
      await writeFile(file, piecesOf(content).read());
    }
    this.progress.clear();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    print(`${report.period.id}: ${say(report.verdict, views.languages.en)}`);
    print(`${this.page} (${asked} questions asked, ${seconds} s)`);
  }

  async close(): Promise<void> {
    await this.#source?.source.close();
    await this.#scratch.remove();
  }

  #periodOf({ report }: StreamDefinition): Period {
    return namedPeriod(report, this.options.period ?? SAMPLE_PERIODS[report.period]);
  }

  /** The logs, opened again only when the tables that can be read have changed. */
  async #sourceFor(ownTables: readonly OwnTable[]): Promise<LogSource> {
    const of = stableJson(ownTables);
    if (this.#source?.of !== of) {
      await this.#source?.source.close();
      const source = await openLogSource(
        { storageConnection: environmentSettings().TALLYMAN_STORAGE_CONNECTION },
        { kind: 'log-archive', place: placeOf(this.options.logs) },
        this.#scratch.path,
        systemClock,
        {
          ownTables,
          onProgress: (text) => {
            this.progress.show(text);
          },
        },
      );
      this.#source = { of, source };
    }
    return this.#source.source;
  }
}
