import { TallymanError } from './core/errors';
import type { OwnTable } from './core/known-tables';
import type { LogSink } from './core/log-sink';
import type { LogSource, SourceIdentity } from './core/logs';
import type { LogTree } from './logs/log-tree';
import { random } from './machine';
import type { LogSettings, Place, Settings } from './settings';
import { identityClientId } from './settings';

export interface LogSourceOptions {
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly missingTables?: 'fail' | 'empty';
  /** Tables that users describe themselves. */
  readonly ownTables?: readonly OwnTable[];
}

/** Opens the log source alone, for `tallyman query`. Its description says as whom it is asked. */
export async function openLogSource(
  settings: Pick<Settings, 'storageConnection'>,
  logs: LogSettings,
  scratch: string,
  now: () => string,
  options: LogSourceOptions = {},
): Promise<LogSource> {
  const source = await openSource(settings, logs, scratch, now, options);
  const identity = identityOf(logs, settings.storageConnection);
  return { ...source, description: { ...source.description, identity } };
}

function identityOf(logs: LogSettings, storageConnection: string | undefined): SourceIdentity {
  if (logs.kind === 'log-archive') {
    if (logs.place.kind === 'folder') return { kind: 'none' };
    if (storageConnection !== undefined) return { kind: 'account-key' };
  }
  const clientId = identityClientId();
  return { kind: 'entra', ...(clientId === undefined ? {} : { clientId }) };
}

async function openSource(
  settings: Pick<Settings, 'storageConnection'>,
  logs: LogSettings,
  scratch: string,
  now: () => string,
  options: LogSourceOptions,
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
      random,
      ownTables,
    });
  }
  checkEngine();
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

/** A package of the app may be without it. */
function checkEngine(): void {
  try {
    require.resolve('@duckdb/node-api');
  } catch (cause) {
    throw new TallymanError(
      'SETTINGS_INVALID',
      'This package of the app is without the embedded engine, which a log archive needs.',
      {
        hint: 'Make it with `npm run bundle -- --engine`, or set TALLYMAN_LOG_SOURCE to log-analytics.',
        cause,
      },
    );
  }
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
