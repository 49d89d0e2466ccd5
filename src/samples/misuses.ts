import { startAndSuccess } from './activity';
import type { Operation } from './activity';
import { atLocal, HOUR, instantAt, MINUTE, SECOND } from './calendar';
import { AGENTS, officeAddress } from './cast';
import type { Registry, Repository } from './cast';
import { Session } from './events';
import type { Client, Image, RegistryEvent } from './events';
import { HOSTILE_TEXTS, LONG_AGENT } from './hostile-text';
import { incidentOf, minutesAround } from './incident-plan';
import type { IncidentKind, Scene } from './incident-plan';
import type { Incident } from './ground-truth';

const SPIKE_HOURS = 6;
const ON_ANY_DAY = { lookBack: false, onWorkingDay: false };
const ON_WORKING_DAY = { lookBack: false, onWorkingDay: true };
const WITH_LOOK_BACK = { lookBack: true, onWorkingDay: true };

/** What people and programs do wrong: each kind at a time of day of its own, so that all fit into one day. */
export const MISUSES: readonly IncidentKind[] = [
  { ...ON_ANY_DAY, plant: plantSpray },
  { ...ON_WORKING_DAY, plant: plantRepositoryDeletion },
  { ...ON_WORKING_DAY, plant: plantUntag },
  { ...WITH_LOOK_BACK, plant: plantOverwrittenRelease },
  { ...ON_ANY_DAY, plant: plantOffHoursPush },
  { ...WITH_LOOK_BACK, plant: plantErrorSpike },
  { ...WITH_LOOK_BACK, plant: plantFirstSeenIdentity },
  { ...ON_ANY_DAY, plant: plantAnonymousPull },
  { ...WITH_LOOK_BACK, plant: plantBulkPulls },
  { ...ON_WORKING_DAY, plant: plantDiagnosticSettingDeleted },
  { ...ON_WORKING_DAY, plant: plantCredentialRegenerated },
  { lookBack: true, onWorkingDay: false, plant: plantServicePrincipalElsewhere },
  { ...ON_WORKING_DAY, plant: plantRegistryCreated },
  { ...ON_ANY_DAY, plant: plantHostileText },
];

type Verdict = Pick<Incident, 'kind' | 'match'> & {
  readonly audit: string;
  readonly severity: NonNullable<Incident['severity']>;
  readonly alsoBy?: readonly string[];
};

/** Adds events to the plan and their incident to the ground truth. */
function commit(scene: Scene, events: readonly RegistryEvent[], verdict: Verdict): void {
  const { plan, calendar, registry } = scene;
  const { from, to } = minutesAround(events.map((event) => event.at));
  plan.events.push(...events.map((event) => ({ registry, event })));
  plan.incidents.push({
    ...incidentOf(calendar, registry, verdict.kind, from, to),
    ...verdict,
    alsoBy: verdict.alsoBy ?? [],
  });
}

/** A time on the scene's day: a local time in minutes since midnight, plus up to `within` minutes. */
function timeOf(scene: Scene, minutes: number, within = 0): number {
  return atLocal(scene.calendar, scene.day, minutes) + scene.random.between(0, within * MINUTE);
}

/** An address (of a range reserved for documentation) from which nobody else comes. */
function strangeAddress(scene: Scene, kind: number): string {
  return `192.0.2.${kind * 40 + scene.random.between(1, 39)}`;
}

function newImage(scene: Scene, tag: string): Image {
  return { tag, digest: scene.random.digest(), size: scene.random.between(1100, 4600) };
}

function hotRepository(scene: Scene): Repository {
  return scene.random.pick(scene.registry.repositories.slice(0, 18));
}

function plantSpray(scene: Scene): void {
  const { random, registry } = scene;
  const events: RegistryEvent[] = [];
  const address = strangeAddress(scene, 0);
  const agent = { address, userAgent: AGENTS.docker };
  const start = timeOf(scene, 425);
  for (let i = 0; i < 36; i++) {
    const identity = registry.people[i % registry.people.length]?.identity ?? '';
    const at = start + i * 14 * SECOND + random.between(0, 5 * SECOND);
    const session = new Session(events, random, { ...agent, identity }, at);
    session.login(random.chance(0.15) ? '403' : '401');
  }
  const { identity } = random.pick(registry.people);
  const session = new Session(events, random, { ...agent, identity }, start + 22 * MINUTE);
  session.login();
  const repository = hotRepository(scene);
  session.pull(repository.name, repository.deployed);
  commit(scene, events, {
    kind: 'spray-then-success',
    audit: 'spray-then-success',
    severity: 'critical',
    match: { CallerIpAddress: address, Identity: identity },
    alsoBy: ['failed-login-bursts', 'first-seen-addresses'],
  });
}

function plantRepositoryDeletion(scene: Scene): void {
  const { random, registry } = scene;
  const events: RegistryEvent[] = [];
  const person = random.pick(registry.people);
  const repository = random.pick(registry.cold);
  const at = timeOf(scene, 600, 90);
  repository.deletedAt = at;
  const session = new Session(events, random, person.office, at);
  session.login();
  session.request('Delete', '202', { repository: repository.name });
  commit(scene, events, {
    kind: 'repository-deletion',
    audit: 'repository-deletions',
    severity: 'high',
    match: { Repository: repository.name, Identity: person.identity },
  });
}

function plantUntag(scene: Scene): void {
  const { random, registry } = scene;
  const events: RegistryEvent[] = [];
  const person = random.pick(registry.people);
  const repository = hotRepository(scene);
  const tag = `build-${repository.build - 40}`;
  const session = new Session(events, random, person.office, timeOf(scene, 690, 50));
  session.login();
  session.request('Untag', '202', { repository: repository.name, tag, digest: random.digest() });
  commit(scene, events, {
    kind: 'untag',
    audit: 'tags-deleted',
    severity: 'medium',
    match: { Repository: repository.name, Tag: tag, Identity: person.identity },
  });
}

/** The release is pushed on an earlier day; only the second push is the incident. */
function plantOverwrittenRelease(scene: Scene): void {
  const { random, registry, plan } = scene;
  const runner = random.pick(random.pick(registry.pipelines).runners);
  const repository = hotRepository(scene);
  const tag = `v9.${random.between(1, 20)}.${random.between(0, 9)}`;
  const before: RegistryEvent[] = [];
  const earlier = atLocal(scene.calendar, scene.dayBefore, 640);
  const first = new Session(before, random, runner, earlier);
  first.login();
  first.push(repository.name, newImage(scene, tag));
  plan.events.push(...before.map((event) => ({ registry, event })));
  const events: RegistryEvent[] = [];
  const second = new Session(events, random, runner, timeOf(scene, 850, 90));
  second.login();
  second.push(repository.name, newImage(scene, tag));
  commit(scene, events, {
    kind: 'release-tag-overwritten',
    audit: 'release-tags-overwritten',
    severity: 'high',
    match: { Repository: repository.name, Tag: tag, Identity: runner.identity },
  });
}

function plantOffHoursPush(scene: Scene): void {
  const { random, registry } = scene;
  const events: RegistryEvent[] = [];
  const person = random.pick(registry.people);
  const repository = hotRepository(scene);
  const session = new Session(events, random, person.home, timeOf(scene, 125, 100));
  session.login();
  session.push(repository.name, newImage(scene, `hotfix-${random.between(100, 999)}`));
  commit(scene, events, {
    kind: 'off-hours-push',
    audit: 'off-hours-pushes',
    severity: 'medium',
    match: { Repository: repository.name, Identity: person.identity },
  });
}

/** While most pulls of clusters fail, nodes try again and again, so that there are failures in a quiet registry, too. */
function plantErrorSpike(scene: Scene): void {
  const { plan, registry, calendar, random } = scene;
  const from = timeOf(scene, 8 * 60);
  const to = from + SPIKE_HOURS * HOUR;
  const incident: Incident = {
    ...incidentOf(calendar, registry, 'error-spike', from, to),
    audit: 'error-rate-spikes',
    severity: 'medium',
    match: { LoginServer: registry.loginServer },
  };
  plan.incidents.push(incident);
  plan.failing.push({ registry, from, to, incident });
  const events: RegistryEvent[] = [];
  for (let at = from; at < to; at += HOUR) {
    const { nodes, repositories } = random.pick(registry.clusters);
    const { name, deployed } = random.pick(repositories);
    const session = new Session(events, random, random.pick(nodes), at + 5 * MINUTE);
    for (let i = 0; i < 14; i++) {
      session.pull(name, deployed, '503');
      session.wait(120_000, 200_000);
    }
  }
  plan.events.push(...events.map((event) => ({ registry, event })));
}

/** A newcomer, at the office's address and with nothing but ordinary pulls. */
function plantFirstSeenIdentity(scene: Scene): void {
  const { random, registry } = scene;
  const events: RegistryEvent[] = [];
  const identity = `noor.rahman@${registry.name}.com`;
  const address = officeAddress(registry.index);
  for (const minutes of [580, 700, 930]) {
    const client = { identity, address, userAgent: AGENTS.docker };
    const session = new Session(events, random, client, timeOf(scene, minutes, 20));
    session.login();
    const repository = hotRepository(scene);
    session.pull(repository.name, repository.deployed);
  }
  commit(scene, events, {
    kind: 'first-seen-identity',
    audit: 'first-seen-identities',
    severity: 'medium',
    match: { Identity: identity },
  });
}

function plantAnonymousPull(scene: Scene): void {
  const { random, registry } = scene;
  const events: RegistryEvent[] = [];
  const address = strangeAddress(scene, 1);
  const client = { identity: '', address, userAgent: 'curl/8.12.1' };
  const session = new Session(events, random, client, timeOf(scene, 250, 30));
  for (let i = 0; i < 3; i++) {
    session.wait(2000, 90_000);
    const repository = hotRepository(scene);
    session.pull(repository.name, repository.deployed);
  }
  commit(scene, events, {
    kind: 'anonymous-pull',
    audit: 'anonymous-pulls',
    severity: 'high',
    match: { CallerIpAddress: address, LoginServer: registry.loginServer },
    alsoBy: ['first-seen-addresses'],
  });
}

function plantBulkPulls(scene: Scene): void {
  const { random, registry } = scene;
  const events: RegistryEvent[] = [];
  const person = random.pick(registry.people);
  const session = new Session(events, random, person.office, timeOf(scene, 780, 15));
  session.login();
  const there = registry.repositories.filter((repository) => repository.deletedAt === undefined);
  for (const repository of random.shuffle(there).slice(0, random.between(42, 48))) {
    session.wait(20_000, 150_000);
    session.pull(repository.name, repository.deployed);
  }
  commit(scene, events, {
    kind: 'bulk-enumeration',
    audit: 'bulk-pulls',
    severity: 'high',
    match: { Identity: person.identity },
  });
}

function plantServicePrincipalElsewhere(scene: Scene): void {
  const { random, registry } = scene;
  const events: RegistryEvent[] = [];
  const runner: Client = random.pick(random.pick(registry.pipelines).runners);
  const address = strangeAddress(scene, 2);
  const session = new Session(events, random, { ...runner, address }, timeOf(scene, 320, 30));
  session.login();
  for (let i = 0; i < 4; i++) {
    session.wait(1000, 30_000);
    const repository = hotRepository(scene);
    session.pull(repository.name, repository.deployed);
  }
  commit(scene, events, {
    kind: 'service-principal-at-new-address',
    audit: 'service-principals-at-new-addresses',
    severity: 'high',
    match: { Identity: runner.identity, CallerIpAddress: address },
    alsoBy: ['first-seen-addresses'],
  });
}

/** Failed requests whose every text is hostile; in every second one the status is hostile as well. */
function plantHostileText(scene: Scene): void {
  const { random, registry, calendar, plan } = scene;
  const events: RegistryEvent[] = [];
  const start = timeOf(scene, 725);
  HOSTILE_TEXTS.forEach((identity, i) => {
    const text = (field: number): string => HOSTILE_TEXTS[(i + field) % HOSTILE_TEXTS.length] ?? '';
    const userAgent = i === 0 ? LONG_AGENT : text(4);
    const client = { identity, address: text(1), userAgent };
    const session = new Session(events, random, client, start + i * MINUTE);
    const status = i % 2 === 0 ? '404' : text(5);
    const target = { repository: text(2), tag: text(3), digest: text(6), mediaType: text(7) };
    if (i % 4 === 1) session.login('400');
    session.request('Pull', status, target);
    const last = events.pop();
    if (last !== undefined) events.push({ ...last, correlationId: text(8) });
  });
  const { from, to } = minutesAround(events.map((event) => event.at));
  plan.events.push(...events.map((event) => ({ registry, event })));
  plan.incidents.push({
    ...incidentOf(calendar, registry, 'hostile-text', from, to),
    alsoBy: ['error-rate-spikes'],
    count: events.length,
  });
}

function plantDiagnosticSettingDeleted(scene: Scene): void {
  const registry = scene.registry.resourceId.toLowerCase();
  plantActivity(scene, 930, {
    name: 'MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/DELETE',
    category: 'Delete',
    resourceId: `${registry}/providers/microsoft.insights/diagnosticsettings/audit-logs`,
    kind: 'diagnostic-setting-deleted',
    audit: 'diagnostic-settings-changed',
    severity: 'critical',
  });
}

function plantCredentialRegenerated(scene: Scene): void {
  plantActivity(scene, 645, {
    name: 'MICROSOFT.CONTAINERREGISTRY/REGISTRIES/REGENERATECREDENTIAL/ACTION',
    category: 'Action',
    resourceId: scene.registry.resourceId.toLowerCase(),
    kind: 'credential-regenerated',
    audit: 'credential-operations',
    severity: 'high',
  });
}

function plantRegistryCreated(scene: Scene): void {
  plantActivity(scene, 860, {
    name: 'MICROSOFT.CONTAINERREGISTRY/REGISTRIES/WRITE',
    category: 'Write',
    resourceId: `${scene.registry.resourceId.toLowerCase()}sandbox`,
    kind: 'registry-created',
    audit: 'registry-changes',
    severity: 'high',
  });
}

type AdministrativeAct = Pick<Operation, 'name' | 'category' | 'resourceId'> &
  Pick<Verdict, 'kind' | 'audit' | 'severity'>;

/** An operation of one of the registry's people in the subscription, seen in the activity log only. */
function plantActivity(scene: Scene, minutes: number, act: AdministrativeAct): void {
  const { calendar, random, plan } = scene;
  const registry: Registry = scene.registry;
  const person = random.pick(registry.people);
  const { name, category, resourceId, ...verdict } = act;
  const { address } = person.office;
  const operation = { name, category, resourceId, caller: person.identity, address };
  const events = startAndSuccess(operation, timeOf(scene, minutes, 25), random);
  const { from, to } = minutesAround(events.map((event) => event.at));
  plan.activity.push(...events);
  plan.incidents.push({
    kind: verdict.kind,
    audit: verdict.audit,
    severity: verdict.severity,
    registry: act.kind === 'registry-created' ? `${registry.name}sandbox` : registry.name,
    from: instantAt(calendar, from),
    to: instantAt(calendar, to),
    match: { Caller: person.identity },
    alsoBy: [],
  });
}
