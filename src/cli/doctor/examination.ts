import { existsSync } from 'node:fs';
import { checkCatalog } from '../../catalog/lint';
import { newScratch, systemClock } from '../../machine';
import { openKeepingParts } from '../../open-archive';
import { identityToken, openPlatform } from '../../open-azure';
import { openLogSource } from '../../open-logs';
import { openEnglish, shippedTemplates } from '../../shipped';
import type { Problem } from '../../core/errors';
import { formatProblem, TallymanError } from '../../core/errors';
import type { SourceDescription } from '../../core/logs';
import { toInstant } from '../../core/period';
import { immediateProblems } from '../../run/immediate-audits';
import type { RawSettings, Settings } from '../../settings';
import { parseSettings } from '../../settings';
import type { Check } from './check';
import { examine } from './check';
import { checkArchive, checkPrivateStore, checkSigner } from './check-archive';
import { checkAzure } from './check-azure';
import { checkClock } from './check-clock';
import { checkFonts } from './check-fonts';
import { checkLogs } from './check-logs';
import { checkMail } from './check-mail';
import { whyNotWritable } from './writable';
import type { Principal } from './remedies';
import {
  assignRole,
  containerScope,
  keyScope,
  principalIn,
  ROLES,
  workspaceScope,
} from './remedies';

const DAY_MS = 86_400_000;

/** Looks at everything that a run needs, as far as the settings say what that is. */
export async function examineAll(raw: RawSettings): Promise<readonly Check[]> {
  let settings: Settings;
  try {
    settings = parseSettings(raw);
  } catch (error) {
    if (!(error instanceof TallymanError)) throw error;
    return error.problems.map(settingCheck);
  }
  const principal = await principalOf(settings);
  return [
    { name: 'Settings', status: 'good', text: 'They are complete and can be read.' },
    ...(await checkDefinitions(settings)),
    ...(principal.check === undefined ? [] : [principal.check]),
    ...(await logChecks(settings, principal.id)),
    ...(await azureChecks(settings, principal.id)),
    ...(await keepingChecks(settings, principal.id)),
    ...(await examine('Fonts', () => checkFonts(settings))),
    ...(await examine('Mail', () => checkMail(settings.mail))),
    ...(await examine('Clock', () => checkClock(serverOf(settings), systemClock))),
  ];
}

function settingCheck({ where, message, remedy }: Problem): Check {
  return {
    name: `Setting ${where}`,
    status: 'bad',
    text: message,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

async function checkDefinitions({
  templates,
  immediateAudits: chosen,
}: Settings): Promise<Check[]> {
  const folder = templates ?? shippedTemplates();
  const { catalog, problems } = await checkCatalog(folder);
  const name = 'Definitions';
  if (problems.length > 0) {
    return problems.map((problem) => ({
      name,
      status: 'bad' as const,
      text: formatProblem(problem),
    }));
  }
  const { reports = [], audits = [] } = catalog ?? {};
  const unfit = immediateProblems({ reports, audits }, chosen).map(settingCheck);
  const text = `${audits.length} audits and ${reports.length} reports in ${folder} are sound.`;
  return [{ name, status: 'good', text }, ...unfit];
}

/** Whether anything in the settings is Azure's, and so wants the identity. */
function needsIdentity(settings: Settings): boolean {
  const { logs, archive, storageConnection, signingKey, resourceManager } = settings;
  const blobs = [archive, ...(logs.kind === 'log-archive' ? [logs.place] : [])];
  return (
    logs.kind === 'log-analytics' ||
    resourceManager !== undefined ||
    signingKey.kind === 'vault' ||
    (storageConnection === undefined && blobs.some(({ kind }) => kind === 'blob'))
  );
}

async function principalOf(settings: Settings): Promise<{ id: Principal; check?: Check }> {
  if (!needsIdentity(settings)) return { id: undefined };
  const name = 'Identity';
  const audience = settings.resourceManager?.endpoint ?? 'https://management.azure.com';
  const got = await identityToken(`${audience}/.default`);
  if ('reason' in got) {
    const remedy =
      'In Azure: set AZURE_CLIENT_ID to the identity’s client id. Elsewhere: az login.';
    return { id: undefined, check: { name, status: 'bad', text: got.reason, remedy } };
  }
  const id = principalIn(got.token);
  return {
    id,
    check: {
      name,
      status: 'good',
      text: `A token could be had for ${id ?? 'an identity without object id'}.`,
    },
  };
}

async function logChecks(settings: Settings, principal: Principal): Promise<readonly Check[]> {
  const { logs } = settings;
  if (logs.kind === 'log-archive' && logs.place.kind === 'folder' && !existsSync(logs.place.path)) {
    const text = `There is no folder ${logs.place.path}.`;
    const remedy = 'Correct --logs or TALLYMAN_LOG_ARCHIVE, whichever names it.';
    return [{ name: 'Logs', status: 'bad', text, remedy }];
  }
  const scratch = newScratch(settings.scratch);
  const remedyOf = (): string | undefined => {
    if (logs.kind === 'log-analytics') {
      const [workspace = ''] = logs.workspaces;
      return assignRole(principal, ROLES.logAnalyticsReader, workspaceScope(workspace));
    }
    return logs.place.kind === 'blob'
      ? assignRole(principal, ROLES.blobDataReader, containerScope(logs.place.url))
      : undefined;
  };
  return examine(
    'Logs',
    async () => {
      const source = await openLogSource(settings, logs, scratch.path, systemClock);
      try {
        return await checkLogs(source, systemClock());
      } finally {
        await source.close();
        await scratch.remove();
      }
    },
    remedyOf,
  );
}

async function azureChecks(settings: Settings, principal: Principal): Promise<readonly Check[]> {
  const name = 'Azure Resource Manager';
  const { resourceManager, logs } = settings;
  if (resourceManager === undefined) {
    const text = 'It is not asked: settings, metrics and unlogged registries are not seen.';
    return [{ name, status: 'off', text, remedy: 'Set TALLYMAN_RESOURCE_MANAGER.' }];
  }
  const end = systemClock();
  const period = { start: toInstant(new Date(Date.parse(end) - DAY_MS)), end };
  const description: SourceDescription =
    logs.kind === 'log-analytics'
      ? { kind: logs.kind, location: logs.workspaces.join(', ') }
      : {
          kind: logs.kind,
          location: logs.place.kind === 'blob' ? logs.place.url : logs.place.path,
        };
  return examine(name, async () => {
    const platform = await openPlatform(resourceManager, systemClock);
    return checkAzure(platform, description, period, principal, await openEnglish());
  });
}

async function keepingChecks(settings: Settings, principal: Principal): Promise<Check[]> {
  const { archive: place, signingKey } = settings;
  const store = await examine(
    'Archive',
    async () => {
      const { archive, privateStore } = await openKeepingParts(settings);
      const why = place.kind === 'folder' ? whyNotWritable(place.path) : undefined;
      if (why !== undefined) {
        const remedy = 'Let this process write there, or name another archive.';
        return [{ name: 'Archive', status: 'bad', text: why, remedy } as const];
      }
      return [await checkArchive(archive), await checkPrivateStore(privateStore)];
    },
    () =>
      place.kind === 'blob'
        ? assignRole(principal, ROLES.blobDataContributor, containerScope(place.url))
        : undefined,
  );
  const key = await examine(
    'Signing key',
    async () => {
      const { openSigner } = await openKeepingParts(settings);
      const signer = await openSigner();
      if (signer !== undefined) return checkSigner(signer);
      const text = 'It does not exist yet, and is made by the first run.';
      return { name: 'Signing key', status: 'good', text };
    },
    () =>
      signingKey.kind === 'vault'
        ? assignRole(principal, ROLES.keyVaultCryptoUser, keyScope(signingKey.keyId))
        : undefined,
  );
  return [...store, ...key];
}

/** A server that is used anyway and says what time it is. */
function serverOf(settings: Settings): string | undefined {
  const { archive, resourceManager, logs } = settings;
  if (resourceManager !== undefined) return resourceManager.endpoint;
  if (archive.kind === 'blob') return archive.url;
  if (logs.kind === 'log-analytics') return logs.endpoint ?? 'https://api.loganalytics.io';
  return logs.place.kind === 'blob' ? logs.place.url : undefined;
}
