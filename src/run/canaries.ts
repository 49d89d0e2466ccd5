import type { Archive } from '../core/archive';
import { stableJson } from '../core/digest';
import { mapInParallel } from '../core/in-parallel';
import type { Instant } from '../core/period';
import type { Canaries, CanaryLogin } from '../core/platform';
import { registriesOf } from '../assess/platform-view';
import type { Parts } from './parts';

/** Tries one login. Gives the HTTP status of the registry's answer, 0 when none came. */
export type CanaryAttempt = (loginServer: string, userAgent: string) => Promise<number>;

const LOGINS_AT_ONCE = 8;
const DAY_MS = 86_400_000;

/** Keeps what was tried in the private store: one login for each registry and day. */
export function createCanaries(
  store: Archive,
  attempt: CanaryAttempt,
  agent: string,
  now: () => Instant,
): Canaries {
  return {
    async login(registries) {
      const day = now().slice(0, 10);
      const done = new Set<string>();
      for await (const { path } of store.list(`canary/${day}/`)) done.add(path);
      const open = registries.filter(({ registry }) => !done.has(pathOf(day, registry)));
      const made = await mapInParallel(open, LOGINS_AT_ONCE, async ({ registry, loginServer }) => {
        const userAgent = `${agent}/${day}`;
        const at = now();
        const status = await attempt(loginServer, userAgent);
        const login: CanaryLogin = { registry, at, userAgent, status };
        // A registry that did not answer is tried again at the next wake-up.
        if (status > 0) await store.create(pathOf(day, registry), Buffer.from(stableJson(login)));
        return login;
      });
      return made.filter(({ status }) => status > 0);
    },
    async made(registries, { start, end }) {
      const logins: CanaryLogin[] = [];
      for (let time = Date.parse(start.slice(0, 10)); time < Date.parse(end); time += DAY_MS) {
        const day = new Date(time).toISOString().slice(0, 10);
        for await (const { path } of store.list(`canary/${day}/`)) {
          const content = await store.read(path);
          if (content === undefined) continue;
          const login = JSON.parse(Buffer.from(content).toString('utf8')) as CanaryLogin;
          const isOurs = registries === 'all' || registries.includes(login.registry);
          if (isOurs && login.at >= start && login.at < end) logins.push(login);
        }
      }
      return logins;
    },
  };
}

/** A token of the identity goes there, so it must be a registry of Azure's. */
const LOGIN_SERVER = /^[a-z0-9][a-z0-9.-]*\.azurecr\.(io|cn|us)$/;

/**
 * Logs in to every registry that Azure shows, once a day. Nothing happens when either part is off; a list that
 * can't be had is left to the run to tell of.
 */
export async function loginCanaries({
  platform,
  canaries,
}: Pick<Parts, 'platform' | 'canaries'>): Promise<readonly CanaryLogin[]> {
  if (platform === undefined || canaries === undefined) return [];
  const list = registriesOf(await platform.list());
  if (!list.told) return [];
  return canaries.login(
    list.value.flatMap(({ name, loginServer }) =>
      loginServer !== undefined && LOGIN_SERVER.test(loginServer)
        ? [{ registry: name, loginServer }]
        : [],
    ),
  );
}

function pathOf(day: string, registry: string): string {
  return `canary/${day}/${registry}.json`;
}
