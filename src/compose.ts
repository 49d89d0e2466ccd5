import { join, resolve } from 'node:path';
import { loadAuditorFiles } from './archive/auditor-files';
import { spoolIn } from './core/spool';
import { newScratch, systemClock } from './machine';
import { openArchive, openTimeAuthority } from './open-archive';
import { openOutside } from './open-azure';
import { bringFontsWith } from './open-fonts';
import { openLogSource } from './open-logs';
import { openMail } from './open-mail';
import { immediateAudits } from './run/immediate-audits';
import type { Parts, ProgressEvent } from './run/parts';
import type { Settings } from './settings';
import { shippedTemplates, software } from './shipped';

export interface ComposeOptions {
  /** The clock; the system's when absent. */
  readonly now?: () => string;
  readonly onProgress?: (event: ProgressEvent) => void;
  /** What a log archive is doing, for a progress line. */
  readonly onLoading?: (text: string) => void;
}

export interface Composed {
  readonly parts: Parts;
  /** Lets go of the log source and removes temporary files. */
  close(): Promise<void>;
}

/** Wires real parts from settings. Definitions are checked before anything is written or asked. */
export async function compose(settings: Settings, options: ComposeOptions = {}): Promise<Composed> {
  const now = options.now ?? systemClock;
  const templates = settings.templates ?? shippedTemplates();
  // Imported where they are used, as everything large: most commands need little of it.
  const { loadCatalog } = await import('./catalog/load-catalog.js');
  const { loadViews } = await import('./render/views.js');
  const catalog = await loadCatalog(templates);
  immediateAudits(catalog, settings.immediateAudits);
  const views = await loadViews(join(templates, 'views'), catalog.languages);
  const auditorFiles = await loadAuditorFiles(join(templates, 'archive'));
  const { archive, privateStore, readRetention, signer } = await openArchive(settings, now);
  if (settings.scratch !== undefined) spoolIn(resolve(settings.scratch));
  bringFontsWith(settings);
  const scratch = newScratch(settings.scratch);
  const source = await openLogSource(settings, settings.logs, scratch.path, now, {
    onProgress: options.onLoading,
    ownTables: catalog.tables.own,
  });
  const parts: Parts = {
    catalog,
    views,
    source,
    ...(await openOutside(settings.resourceManager, privateStore, now)),
    archive,
    privateStore,
    readRetention,
    signer,
    auditorFiles,
    timeAuthority: await openTimeAuthority(settings.tsaUrl),
    mail: await openMail(settings.mail, privateStore, now),
    publicUrl: settings.publicUrl,
    now,
    software: software(),
    onProgress: options.onProgress ?? ((): void => undefined),
  };
  return {
    parts,
    close: async () => {
      await source.close();
      await scratch.remove();
    },
  };
}
