import type { TokenCredential } from '@azure/identity';

export interface CanaryLoginOptions {
  readonly credential: TokenCredential;
  /** The audience of tokens for registries. Default: the public cloud's. */
  readonly scope?: string;
  /** Where a registry is asked; `https://<login server>` by default. */
  readonly addressOf?: (loginServer: string) => string;
}

/** After so long a registry counts as not reached. */
const PATIENCE_MS = 20_000;

/**
 * Logs in to a registry as `az acr login` does: the identity's token is exchanged for a refresh token, which is
 * thrown away. The registry writes every such login down, refused ones included; the user agent tells ours from
 * others. Gives the HTTP status, 0 when no answer came.
 */
export function createCanaryLogin(
  options: CanaryLoginOptions,
): (loginServer: string, userAgent: string) => Promise<number> {
  const addressOf = options.addressOf ?? ((server): string => `https://${server}`);
  return async (loginServer, userAgent) => {
    try {
      const token = await options.credential.getToken(
        options.scope ?? 'https://containerregistry.azure.net/.default',
      );
      if (token === null) return 0;
      const response = await fetch(`${addressOf(loginServer)}/oauth2/exchange`, {
        method: 'POST',
        headers: { 'user-agent': userAgent },
        body: new URLSearchParams({
          grant_type: 'access_token',
          service: loginServer,
          access_token: token.token,
        }),
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return 0;
    }
  };
}
