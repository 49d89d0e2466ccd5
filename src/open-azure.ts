import type { Archive } from './core/archive';
import type { PlatformSource } from './core/platform';
import type { Parts } from './run/parts';
import type { ResourceManagerSettings } from './settings';

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

/** What is asked besides the logs; nothing when Azure Resource Manager is not to be. */
export async function openOutside(
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
