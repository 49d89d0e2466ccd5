import { isWeekend, SECOND } from './calendar';
import type { LocalDay } from './calendar';
import type { Cluster, Registry, Repository } from './cast';
import { Session } from './events';
import type { RegistryEvent } from './events';
import type { Random } from './random';

/** The share of a day's cluster traffic that falls into a local hour; the shares of 24 hours are about 1. */
export function clusterShare(day: LocalDay, hour: number): number {
  const swing = isWeekend(day) ? 0.1 : 0.45;
  return (1 - swing * Math.cos(((hour - 2) / 24) * 2 * Math.PI)) / 24;
}

/**
 * About `count` events of Kubernetes nodes pulling in `[from, to)`, at least one pull. containerd asks
 * without credentials first and is refused (401, no identity), then logs in and pulls.
 */
export function clusterTraffic(
  registry: Registry,
  from: number,
  to: number,
  count: number,
  random: Random,
): RegistryEvent[] {
  const events: RegistryEvent[] = [];
  const latest = Math.max(from, to - 20 * SECOND);
  do {
    const cluster = random.pick(registry.clusters);
    pullOntoNode(events, cluster, random, random.between(from, latest));
  } while (events.length < count);
  return events;
}

function pullOntoNode(events: RegistryEvent[], cluster: Cluster, random: Random, at: number): void {
  const node = cluster.nodes[cluster.turn++ % cluster.nodes.length];
  if (node === undefined) return;
  const session = new Session(events, random, node, at);
  session.login('401', '');
  session.login();
  for (let i = random.between(1, 2); i > 0; i--) {
    const repository: Repository = random.pick(cluster.repositories);
    if (random.chance(0.015)) {
      session.pull(repository.name, { ...repository.deployed, tag: 'canary' }, '404');
      continue;
    }
    session.pull(repository.name, repository.deployed);
    session.pullByDigest(repository.name, repository.deployed);
  }
}
