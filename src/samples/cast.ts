import type { Client, Image } from './events';
import { Random } from './random';

export interface Repository {
  readonly name: string;
  /** What clusters run and the scanner scans. */
  deployed: Image;
  /** Of the last build; rises with each. */
  build: number;
  /** Of the last release `v<major>.<minor>.0`; rises with each. */
  release: number;
  readonly major: number;
  /** In ticks; after it nothing asks for the repository any more. */
  deletedAt?: number;
}

export interface Person {
  readonly identity: string;
  readonly office: Client;
  readonly home: Client;
  readonly repositories: readonly Repository[];
}

export interface Pipeline {
  readonly runners: readonly Client[];
  readonly repositories: readonly Repository[];
  /** How often it has run; decides what the next run is. */
  runs: number;
}

interface Cluster {
  readonly nodes: readonly Client[];
  readonly repositories: readonly Repository[];
  /** The node whose turn it is: all nodes pull equally often, so that none is ever new. */
  turn: number;
}

/** One registry with everybody who uses it. */
export interface Registry {
  readonly index: number;
  readonly name: string;
  readonly loginServer: string;
  /** As Azure writes it in logs: upper case. */
  readonly resourceId: string;
  readonly repositories: readonly Repository[];
  /** Repositories that nobody but the scanner asks for. */
  readonly cold: readonly Repository[];
  readonly people: readonly Person[];
  readonly pipelines: readonly Pipeline[];
  readonly clusters: readonly Cluster[];
  readonly scanner: Client;
  readonly retention: Client;
  readonly tokens: readonly Client[];
  readonly admin: Client;
}

/** Everything that does not change from day to day. */
export interface World {
  readonly subscription: string;
  readonly tenant: string;
  readonly region: string;
  readonly regionStamp: string;
  readonly registries: readonly Registry[];
}

const REGISTRY_NAMES = [
  'contoso',
  'fabrikam',
  'northwind',
  'tailspin',
  'wingtip',
  'litware',
  'proseware',
  'fourthcoffee',
];
const DOMAINS = [
  'payments',
  'orders',
  'catalog',
  'identity',
  'billing',
  'search',
  'notifications',
  'shipping',
  'inventory',
  'analytics',
  'web',
  'platform',
  'legacy',
];
const SERVICES = ['api', 'worker', 'gateway', 'migrations'];
/** Repositories in daily use; the rest is cold. */
const HOT = 18;
const FIRST_NAMES = ['jane', 'minjun', 'seoyeon', 'omar', 'lucia', 'pavel', 'amina', 'david'];
const LAST_NAMES = ['kim', 'park', 'lee', 'haddad', 'rossi', 'novak', 'diallo', 'miller', 'choi'];
const CITIES = ['seoul', 'busan', 'daegu', 'incheon'];

export const AGENTS = {
  docker:
    'docker/28.0.4 go/go1.23.7 git-commit/6430e49 kernel/6.8.0-55-generic os/linux arch/amd64 UpstreamClient(Docker-Client/28.0.4 \\(linux\\))',
  azureCli: 'python/3.12.8 (Linux-6.8.0-1021-azure-x86_64-with-glibc2.36) AZURECLI/2.71.0 (DEB)',
  buildkit:
    'docker/28.0.1 go/go1.23.6 git-commit/bbd0a17 kernel/6.8.0-1021-azure os/linux arch/amd64 UpstreamClient(buildkit/0.20.2 \\(linux\\))',
  containerd: 'containerd/1.7.27+azure',
  scanner: 'image-scanner/4.2.1 go-containerregistry/v0.20.3',
  edge: 'docker/26.1.5 go/go1.22.12 git-commit/411e817 kernel/5.15.0-1078-iot os/linux arch/arm64',
  legacy: 'docker/18.09.9 go/go1.11.13 git-commit/039a7df9ba os/linux arch/amd64',
} as const;

/** The registries and their users for a seed. `eventsPerDay` is that of one registry. */
export function makeWorld(seed: number, registries: number, eventsPerDay: number): World {
  const random = new Random(seed, 'world');
  const subscription = random.guid().toUpperCase();
  const scanner = random.guid();
  return {
    subscription,
    tenant: random.guid(),
    region: 'koreacentral',
    regionStamp: 'krc-2',
    registries: Array.from({ length: registries }, (_, index) =>
      makeRegistry(seed, index, subscription, scanner, eventsPerDay),
    ),
  };
}

function registryName(index: number): string {
  const round = Math.floor(index / REGISTRY_NAMES.length);
  const name = REGISTRY_NAMES[index % REGISTRY_NAMES.length] as string;
  return round === 0 ? name : `${name}${round + 1}`;
}

function makeRegistry(
  seed: number,
  index: number,
  subscription: string,
  scanner: string,
  eventsPerDay: number,
): Registry {
  const random = new Random(seed, 'registry', index);
  const name = registryName(index);
  const upper = name.toUpperCase();
  const repositories = random
    .shuffle(DOMAINS.flatMap((domain) => SERVICES.map((service) => `${domain}/${service}`)))
    .map((repository) => makeRepository(repository, random));
  const hot = repositories.slice(0, HOT);
  return {
    index,
    name,
    loginServer: `${name}.azurecr.io`,
    resourceId: `/SUBSCRIPTIONS/${subscription}/RESOURCEGROUPS/RG-${upper}-IMAGES/PROVIDERS/MICROSOFT.CONTAINERREGISTRY/REGISTRIES/${upper}`,
    repositories,
    cold: repositories.slice(HOT),
    people: makePeople(index, name, hot, eventsPerDay),
    pipelines: makePipelines(random, index, hot, eventsPerDay),
    clusters: makeClusters(random, index, hot, eventsPerDay),
    scanner: { identity: scanner, address: '10.250.4.20', userAgent: AGENTS.scanner },
    retention: { identity: index % 2 === 0 ? '' : 'acr-retention', address: '', userAgent: '' },
    tokens: CITIES.slice(0, 2).map((city, i) => ({
      identity: `edge-${city}`,
      address: `198.51.100.${10 + ((index * 2 + i) % 90)}`,
      userAgent: AGENTS.edge,
    })),
    admin: { identity: name, address: `10.${index % 200}.9.9`, userAgent: AGENTS.legacy },
  };
}

function makeRepository(name: string, random: Random): Repository {
  const build = random.between(1000, 4000);
  const deployed = {
    tag: `build-${build}`,
    digest: random.digest(),
    size: random.between(1100, 4600),
  };
  return { name, deployed, build, release: random.between(1, 30), major: random.between(1, 4) };
}

function makePeople(
  registry: number,
  domain: string,
  hot: readonly Repository[],
  eventsPerDay: number,
): Person[] {
  return Array.from({ length: clamp(Math.round(eventsPerDay / 60), 4, 24) }, (_, i) => {
    const first = FIRST_NAMES[i % FIRST_NAMES.length] as string;
    const last = LAST_NAMES[(i + registry) % LAST_NAMES.length] as string;
    const identity = `${first}.${last}@${domain}.com`;
    const userAgent = i % 3 === 2 ? AGENTS.azureCli : AGENTS.docker;
    const home =
      i % 4 === 3
        ? `2001:db8:${(registry + 1).toString(16)}:${(i + 1).toString(16)}::2f`
        : `100.${64 + (registry % 60)}.${i + 1}.17`;
    return {
      identity,
      office: { identity, address: officeAddress(registry), userAgent },
      home: { identity, address: home, userAgent },
      repositories: takeRound(hot, i * 3, 5),
    };
  });
}

/** The address behind which a registry's people work in the office. */
export function officeAddress(registry: number): string {
  return `203.0.113.${10 + (registry % 200)}`;
}

function makePipelines(
  random: Random,
  registry: number,
  hot: readonly Repository[],
  eventsPerDay: number,
): Pipeline[] {
  return Array.from({ length: clamp(Math.round(eventsPerDay / 150), 2, 18) }, (_, i) => {
    const identity = random.guid();
    return {
      runners: [0, 1].map((runner) => ({
        identity,
        address: `10.${registry % 200}.5.${i * 2 + runner + 4}`,
        userAgent: AGENTS.buildkit,
      })),
      repositories: takeRound(hot, i, 3),
      runs: 0,
    };
  });
}

/** Enough nodes that none logs in more often than about once a minute. */
function makeClusters(
  random: Random,
  registry: number,
  hot: readonly Repository[],
  eventsPerDay: number,
): Cluster[] {
  const nodes = clamp(Math.ceil(eventsPerDay / 8000), 3, 400);
  return [0, 1].map((cluster) => {
    const identity = random.guid();
    return {
      nodes: Array.from({ length: nodes }, (_, i) => ({
        identity,
        address: `10.${registry % 200}.${20 + cluster * 10 + Math.floor(i / 250)}.${(i % 250) + 4}`,
        userAgent: AGENTS.containerd,
      })),
      repositories: takeRound(hot, cluster * 8, 11),
      turn: 0,
    };
  });
}

function takeRound<T>(items: readonly T[], start: number, count: number): T[] {
  return Array.from({ length: count }, (_, i) => items[(start + i) % items.length] as T);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
