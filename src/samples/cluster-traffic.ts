import { isWeekend, SECOND } from './calendar';
import type { LocalDay } from './calendar';
import type { Registry, Repository } from './cast';
import { Session } from './events';
import type { RegistryEvent } from './events';
import type { Random } from './random';

/**
 * The share of a day's cluster traffic that falls into a local hour: least at 02, most at 14; the shares of
 * 24 hours make 1. No sine, because engines differ in its last bit, and equal options must give equal bytes.
 */
export function clusterShare(day: LocalDay, hour: number): number {
  const swing = isWeekend(day) ? 0.1 : 0.45;
  const closeness = 1 - Math.abs(((hour + 22) % 24) - 12) / 12;
  return (1 - swing + 2 * swing * closeness) / 24;
}

const EVENTS_PER_START = 5;
/** The time that a node's login and pulls take at most. */
const LONGEST = 20 * SECOND;

/**
 * When nodes of Kubernetes clusters begin to pull in `[from, to)`, in order, so that about `count` events
 * come of it: at least once, however small the count.
 */
export function clusterStarts(from: number, to: number, count: number, random: Random): number[] {
  const latest = Math.max(from, to - LONGEST);
  const starts = Math.max(1, Math.round(count / EVENTS_PER_START));
  return Array.from({ length: starts }, () => random.between(from, latest)).sort((a, b) => a - b);
}

/**
 * One node's pulls from a tick on. containerd asks without credentials first and is refused (401, no
 * identity), then logs in and pulls.
 */
export function pullOntoNode(registry: Registry, at: number, random: Random): RegistryEvent[] {
  const events: RegistryEvent[] = [];
  const cluster = random.pick(registry.clusters);
  const node = cluster.nodes[cluster.turn++ % cluster.nodes.length];
  if (node === undefined) return events;
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
  return events;
}
