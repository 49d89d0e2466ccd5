import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadAuditorFiles } from './archive/auditor-files';
import { createFolderStore } from './archive/folder-store';
import { openSigningKey } from './archive/signing-key';
import type { Archive, EraseFile, Signer, TimeAuthority } from './core/archive';
import type { Retention } from './core/custody';
import { TallymanError } from './core/errors';
import { spoolIn } from './core/spool';
import type { OwnTable } from './core/known-tables';
import type { Language } from './core/language';
import { say } from './core/language';
import type { LogSink } from './core/log-sink';
import type { LogSource } from './core/logs';
import type { Mailer } from './core/mail';
import type { PlatformSource } from './core/platform';
import type { Report } from './core/report';
import type { LogTree } from './logs/log-tree';
import type { Parts, ProgressEvent } from './run/parts';
import type { Maker } from './run/reperform';
import { rememberIn } from './kql/remembered';
import { openBlobStore, openRetention, openSigner, openStores, openVaultKey } from './open-archive';
import type {
  KeepingSettings,
  LogSettings,
  MailSettings,
  Place,
  RawSettings,
  ResourceManagerSettings,
  Settings,
} from './settings';

const PACKAGE_ROOT = join(__dirname, '..');

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
  const views = await loadViews(join(templates, 'views'), catalog.languages);
  const auditorFiles = await loadAuditorFiles(join(templates, 'archive'));
  const { archive, privateStore, readRetention, signer } = await openArchive(settings, now);
  if (settings.scratch !== undefined) spoolIn(resolve(settings.scratch));
  const scratch = join(resolve(settings.scratch ?? tmpdir()), `tallyman-${randomUUID()}`);
  const source = await openLogSource(settings, settings.logs, scratch, now, {
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
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** Has the engine keep what it finds out about queries, for the next process. */
export function rememberQueries(raw: RawSettings): void {
  rememberIn(join(cacheFolder(raw), 'queries'));
}

/** Where the program keeps what it would otherwise make again. */
export function cacheFolder({ TALLYMAN_SCRATCH: scratch }: RawSettings): string {
  if (scratch !== undefined) return resolve(scratch);
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tallyman');
}

/** A name that nothing else has. */
export function newId(): string {
  return randomUUID();
}

/** The time now, as the system has it. */
export function systemClock(): string {
  return new Date().toISOString();
}

/** The folder of definitions that ships with the program. */
export function shippedTemplates(): string {
  return join(PACKAGE_ROOT, 'templates');
}

/** An archive for reading: no key, no templates, no log source. */
export async function openArchiveForReading(
  place: Place,
  storageConnection?: string,
): Promise<Archive> {
  if (place.kind === 'folder') {
    const stats = statSync(place.path, { throwIfNoEntry: false });
    if (stats === undefined) {
      throw new TallymanError('ARCHIVE_UNREACHABLE', `There is no folder ${place.path}.`, {
        hint: 'Give the folder that holds keys/ and one folder for each stream, or a ZIP file of it.',
      });
    }
    if (!stats.isFile()) return createFolderStore(place.path);
    const { openZipStore } = await import('./archive/zip-store.js');
    return openZipStore(place.path);
  }
  return openBlobStore(place.url, storageConnection);
}

export interface LogSourceOptions {
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly missingTables?: 'fail' | 'empty';
  /** Tables that users describe themselves. */
  readonly ownTables?: readonly OwnTable[];
}

/** Opens the log source alone, for `tallyman query`. */
export async function openLogSource(
  settings: Pick<Settings, 'storageConnection'>,
  logs: LogSettings,
  scratch: string,
  now: () => string,
  options: LogSourceOptions = {},
): Promise<LogSource> {
  const { onProgress, missingTables = 'fail', ownTables = [] } = options;
  // Loaded only when used: the engine's library is large, and a workspace needs none of it.
  if (logs.kind === 'log-analytics') {
    const { azureCredential } = await import('./azure-clients.js');
    const { createLogAnalytics } = await import('./logs/log-analytics.js');
    return createLogAnalytics({
      workspaces: logs.workspaces,
      credential: azureCredential(),
      ...(logs.endpoint === undefined ? {} : { endpoint: logs.endpoint }),
      now,
      random: Math.random,
      ownTables,
    });
  }
  const { createLogArchive } = await import('./logs/log-archive.js');
  return createLogArchive({
    tree: await openLogTree(logs.place, settings.storageConnection),
    scratch,
    now,
    missingTables,
    ownTables,
    ...(onProgress === undefined
      ? {}
      : {
          onProgress: ({ table, loadedBytes, totalBytes }): void => {
            onProgress(`${table}: ${megabytes(loadedBytes)} of ${megabytes(totalBytes)} MB read`);
          },
        }),
  });
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

async function openLogTree(place: Place, storageConnection?: string): Promise<LogTree> {
  if (place.kind === 'folder') {
    const { createFolderTree } = await import('./logs/folder-tree.js');
    return createFolderTree(place.path);
  }
  const { createBlobTree } = await import('./logs/blob-tree.js');
  const { blobCredential } = await import('./azure-clients.js');
  return createBlobTree({ url: place.url, credential: blobCredential(storageConnection) });
}

/** Opens a log archive for writing, for what comes from Event Hubs. Throws SETTINGS_INVALID for a workspace. */
export async function openLogSink(logs: LogSettings, storageConnection?: string): Promise<LogSink> {
  if (logs.kind === 'log-analytics') {
    throw new TallymanError(
      'SETTINGS_INVALID',
      'What is captured can’t be written to a workspace.',
      {
        hint: 'Set TALLYMAN_LOG_SOURCE to log-archive and TALLYMAN_LOG_ARCHIVE to where it is to be kept.',
      },
    );
  }
  if (logs.place.kind === 'folder') {
    const { createFolderSink } = await import('./logs/folder-sink.js');
    return createFolderSink(logs.place.path);
  }
  const { createBlobSink } = await import('./logs/blob-sink.js');
  const { blobCredential } = await import('./azure-clients.js');
  return createBlobSink({ url: logs.place.url, credential: blobCredential(storageConnection) });
}

/** What commands work with that keep an archive and ask no logs. */
export async function openKeeping(
  settings: KeepingSettings,
  now = systemClock,
): Promise<
  Pick<Parts, 'archive' | 'privateStore' | 'readRetention' | 'signer' | 'software' | 'now'>
> {
  return { ...(await openArchive(settings, now)), software: software(), now };
}

/** The archive and, apart from it, the key: `tallyman doctor` looks at each, and makes no key. */
export async function openKeepingParts(settings: KeepingSettings): Promise<{
  readonly archive: Archive;
  readonly privateStore: Archive;
  /** Undefined when the key is a file that the first run will make. */
  readonly openSigner: () => Promise<Signer | undefined>;
}> {
  const { archive, privateStore, keyFile } = await openStores(settings);
  return {
    archive,
    privateStore,
    openSigner: async () => {
      const file = settings.signingKeyFile ?? keyFile;
      const isFile =
        settings.signingKeyVaultKey === undefined && settings.signingKeyPem === undefined;
      if (isFile && file !== undefined && !existsSync(file)) return undefined;
      return openSigner(settings, keyFile);
    },
  };
}

/** Asks for a token of the process’s identity, or says why there is none. */
export async function identityToken(
  scope: string,
): Promise<{ readonly token: string } | { readonly reason: string }> {
  const { azureCredential } = await import('./azure-clients.js');
  try {
    const got = await azureCredential().getToken(scope);
    return got === null ? { reason: 'The identity gave no token.' } : { token: got.token };
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    return { reason: `No token could be had: ${reason}` };
  }
}

/** Azure Resource Manager, with the process’s identity. */
export async function openPlatform(
  { endpoint, subscriptions }: ResourceManagerSettings,
  now: () => string,
): Promise<PlatformSource> {
  const { azureCredential } = await import('./azure-clients.js');
  const { createAzurePlatform } = await import('./logs/azure-platform.js');
  return createAzurePlatform({ endpoint, credential: azureCredential(), subscriptions, now });
}

/** The key that is to sign from now on: a file, made when it is not there, or a Key Vault key. */
export async function openNewKey(
  where: { readonly file: string } | { readonly vaultKey: string },
): Promise<Signer> {
  return 'file' in where ? openSigningKey(where) : openVaultKey(where.vaultKey);
}

async function openArchive(
  settings: KeepingSettings,
  now: () => string,
): Promise<Pick<Parts, 'archive' | 'privateStore' | 'readRetention' | 'signer'>> {
  const { archive, privateStore, keyFile } = await openStores(settings);
  return {
    archive,
    privateStore,
    readRetention: await openRetention(settings.archive, settings, now),
    signer: await openSigner(settings, keyFile),
  };
}

/** What destroys files of an archive. */
export async function openEraser({
  archive: place,
  storageConnection,
}: Pick<KeepingSettings, 'archive' | 'storageConnection'>): Promise<EraseFile> {
  if (place.kind === 'folder') {
    const { folderEraser } = await import('./archive/folder-eraser.js');
    return folderEraser(place.path);
  }
  const { blobEraser } = await import('./archive/blob-eraser.js');
  const { blobContainer } = await import('./azure-clients.js');
  return blobEraser(blobContainer(place.url, storageConnection));
}

/** Reads a container’s retention back; undefined for a copy in a folder or a ZIP file, which can’t tell it. */
export async function readArchiveRetention(
  place: Place,
  settings: Pick<KeepingSettings, 'archiveResource' | 'storageConnection'>,
): Promise<(Retention & { readonly detail: string }) | undefined> {
  if (place.kind === 'folder') return undefined;
  const read = await openRetention(place, settings, systemClock);
  const { status, detail } = await read('');
  return { status, detail: say(detail, await openEnglish()) };
}

/** What is asked besides the logs; nothing when Azure Resource Manager is not to be. */
async function openOutside(
  settings: ResourceManagerSettings | undefined,
  store: Archive,
  now: () => string,
): Promise<Pick<Parts, 'platform' | 'canaries'>> {
  if (settings === undefined) return {};
  const platform = await openPlatform(settings, now);
  if (!settings.canary) return { platform };
  const { azureCredential } = await import('./azure-clients.js');
  const { createCanaryLogin } = await import('./logs/canary-login.js');
  const { createCanaries } = await import('./run/canaries.js');
  const { CANARY_AGENT } = await import('./assess/canary.js');
  const attempt = createCanaryLogin({ credential: azureCredential() });
  return { platform, canaries: createCanaries(store, attempt, CANARY_AGENT, now) };
}

async function openTimeAuthority(url: string | undefined): Promise<TimeAuthority | undefined> {
  if (url === undefined) return undefined;
  const { createTimeAuthority } = await import('./archive/time-stamp.js');
  return createTimeAuthority(url);
}

async function openMail(
  mail: MailSettings,
  store: Archive,
  now: () => string,
): Promise<Parts['mail']> {
  if (mail.kind === 'none') return undefined;
  const { createOutbox } = await import('./mail/outbox.js');
  const mailer = await openMailer(mail);
  return { from: mail.from, outbox: createOutbox({ store, mailer, now }) };
}

async function openMailer(mail: Exclude<MailSettings, { kind: 'none' }>): Promise<Mailer> {
  switch (mail.kind) {
    case 'eml': {
      const { createEmlFolder } = await import('./mail/eml-folder.js');
      return createEmlFolder(mail.folder);
    }
    case 'smtp': {
      const { createSmtpMailer } = await import('./mail/smtp.js');
      return createSmtpMailer(mail.url);
    }
    case 'azure-communication': {
      const { azureCredential } = await import('./azure-clients.js');
      const { createAzureCommunicationMailer } = await import('./mail/azure-communication.js');
      return createAzureCommunicationMailer({
        endpoint: mail.endpoint,
        credential: azureCredential(),
      });
    }
  }
}

/** What makes files of a sealed run again: this program, and the views of a templates folder. */
export async function openMaker(templates = shippedTemplates()): Promise<Maker> {
  const { loadLanguages } = await import('./catalog/load-catalog.js');
  const { loadViews } = await import('./render/views.js');
  const { digestViews } = await import('./catalog/views-digest.js');
  // A folder without views ends with the problems that loading finds.
  return {
    views: await loadViews(join(templates, 'views'), await loadLanguages(templates)),
    viewsDigest: await digestViews(templates, []),
    software: software(),
  };
}

/** English as it is shipped, for what commands print. */
export async function openEnglish(): Promise<Language> {
  const { loadLanguages } = await import('./catalog/load-catalog.js');
  return (await loadLanguages(shippedTemplates())).en;
}

function software(): Report['software'] {
  const { name, version } = JSON.parse(
    readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'),
  ) as { name: string; version: string };
  const commitFile = join(__dirname, 'commit.txt');
  const commit = existsSync(commitFile) ? readFileSync(commitFile, 'utf8').trim() : '';
  return { name, version, commit: commit === '' ? 'unknown' : commit };
}
