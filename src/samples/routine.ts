import { atLocal, isWeekend, MINUTE, SECOND } from './calendar';
import type { Calendar, LocalDay } from './calendar';
import { AGENTS } from './cast';
import type { Person, Pipeline, Registry, Repository } from './cast';
import { Session } from './events';
import type { Image, RegistryEvent } from './events';
import type { Random } from './random';

/** An image that clusters run from `at` on. */
export interface Deployment {
  readonly at: number;
  readonly repository: Repository;
  readonly image: Image;
}

/** A registry's planned traffic of one local day: everything but what clusters pull. */
export interface Routine {
  readonly events: RegistryEvent[];
  readonly deployments: Deployment[];
}

interface Stage extends Routine {
  readonly calendar: Calendar;
  readonly day: LocalDay;
  readonly registry: Registry;
  readonly random: Random;
}

const EVENTS_PER_RUN = 8;
const EVENTS_PER_SITTING = 4;
/** However busy the registry is: beyond this, clusters make the difference. */
const MOST_RUNS_PER_DAY = 1500;
const MOST_SITTINGS_PER_DAY = 20;

/**
 * Plans a local day. `budget` is the number of events that the registry has that day; up to
 * a limit, pipelines get about an eighth and people about a twelfth of it. Moves the registry's build and release numbers on.
 */
export function planRoutine(
  calendar: Calendar,
  day: LocalDay,
  registry: Registry,
  budget: number,
  random: Random,
): Routine {
  const stage: Stage = { calendar, day, registry, random, events: [], deployments: [] };
  runPipelines(stage, budget);
  letPeopleWork(stage, budget);
  scanEverything(stage);
  purgeOldBuilds(stage);
  pullWithTokens(stage);
  runLegacyJob(stage);
  return { events: stage.events, deployments: stage.deployments };
}

function runPipelines(stage: Stage, budget: number): void {
  const { registry, random, day } = stage;
  for (const pipeline of registry.pipelines) runPipeline(stage, pipeline, random.between(30, 170));
  if (isWeekend(day)) return;
  const wanted = Math.min(MOST_RUNS_PER_DAY, (budget * 0.12) / EVENTS_PER_RUN);
  const runs = Math.max(registry.pipelines.length, wanted);
  for (let i = registry.pipelines.length; i < runs; i++) {
    const pipeline = registry.pipelines[i % registry.pipelines.length] as Pipeline;
    runPipeline(
      stage,
      pipeline,
      480 + Math.floor(720 * ((random.fraction() + random.fraction()) / 2)),
    );
  }
}

/** Base images, a look whether the tag exists, the build, its signature, and every sixth time a release. */
function runPipeline(stage: Stage, pipeline: Pipeline, minute: number): void {
  const { registry, random } = stage;
  const run = pipeline.runs++;
  const runner = pipeline.runners[run % pipeline.runners.length] ?? registry.scanner;
  const repository = pipeline.repositories[run % pipeline.repositories.length] as Repository;
  const start = atLocal(stage.calendar, stage.day, minute) + random.between(0, MINUTE - 1);
  const session = new Session(stage.events, random, runner, start);
  session.login();
  session.pull(repository.name, repository.deployed);
  session.wait(2000, 20_000);
  repository.build += 1;
  const image: Image = {
    tag: `build-${repository.build}`,
    digest: random.digest(),
    size: random.between(1100, 4600),
  };
  if (random.chance(0.4)) session.pull(repository.name, image, '404');
  session.wait(20_000, 240_000);
  session.push(repository.name, image);
  session.push(repository.name, { ...image, tag: 'main' });
  if (run % 6 === 5) {
    repository.release += 1;
    const tag = `v${repository.major}.${repository.release}.0`;
    session.push(repository.name, { ...image, tag });
  }
  session.wait(1000, 8000);
  session.pushSignature(repository.name, image);
  session.pull(repository.name, image);
  stage.deployments.push({ at: start + 10 * MINUTE, repository, image });
}

function letPeopleWork(stage: Stage, budget: number): void {
  const { registry, random, day } = stage;
  if (isWeekend(day)) return;
  const present = registry.people.filter(
    (_, i) => worksAtHome(i, day) || (i + day.weekday) % 2 === 0 || random.chance(0.7),
  );
  const sittings = Math.round((budget * 0.08) / EVENTS_PER_SITTING / present.length);
  for (const person of present) {
    const index = registry.people.indexOf(person);
    for (let i = 0; i < Math.min(Math.max(1, sittings), MOST_SITTINGS_PER_DAY); i++)
      sit(stage, person, index);
  }
}

/** On two fixed weekdays each, so that no home address is ever new. */
function worksAtHome(person: number, day: LocalDay): boolean {
  return day.weekday === 1 + (person % 5) || day.weekday === 1 + ((person + 2) % 5);
}

function sit(stage: Stage, person: Person, index: number): void {
  const { random } = stage;
  const start =
    atLocal(stage.calendar, stage.day, random.between(9 * 60, 17 * 60 + 30)) +
    random.between(0, MINUTE - 1);
  const client = worksAtHome(index, stage.day) ? person.home : person.office;
  const session = new Session(stage.events, random, client, start);
  if (random.chance(0.04)) {
    session.login('401');
    session.wait(3000, 15_000);
  }
  session.login();
  const repository = random.pick(person.repositories);
  for (let i = random.between(1, 3); i > 0; i--) {
    session.wait(1000, 60_000);
    session.pull(repository.name, repository.deployed);
  }
  const pushes = client.userAgent === AGENTS.docker && random.chance(0.3);
  if (!pushes) return;
  session.wait(60_000, 300_000);
  const name = person.identity.split('.', 1)[0] ?? 'dev';
  session.push(repository.name, {
    tag: `dev-${name}-${stage.day.date.replaceAll('-', '')}-${random.between(100, 999)}`,
    digest: random.digest(),
    size: random.between(1100, 4600),
  });
}

/** Every night at the same time, one repository after the other. */
function scanEverything(stage: Stage): void {
  const { registry, random } = stage;
  const start = atLocal(stage.calendar, stage.day, 95) + random.between(0, MINUTE);
  new Session(stage.events, random, registry.scanner, start).login();
  registry.repositories.forEach((repository, i) => {
    const at = start + (i + 1) * 90 * SECOND;
    if (repository.deletedAt !== undefined && repository.deletedAt < at) return;
    const session = new Session(stage.events, random, registry.scanner, at);
    session.pullByDigest(repository.name, repository.deployed);
  });
}

/** The retention policy: builds of about half a year ago, tag first, then the manifest. */
function purgeOldBuilds(stage: Stage): void {
  const { registry, random } = stage;
  const start = atLocal(stage.calendar, stage.day, 245) + random.between(0, MINUTE);
  const session = new Session(stage.events, random, registry.retention, start);
  for (let i = random.between(1, 3); i > 0; i--) {
    const repository = random.pick(registry.repositories.slice(0, 12));
    const digest = random.digest();
    const tag = `build-${repository.build - 900 - i}`;
    session.request('PurgeTag', '200', { repository: repository.name, tag, digest });
    session.request('PurgeManifest', '200', { repository: repository.name, digest });
  }
}

function pullWithTokens(stage: Stage): void {
  const { registry, random } = stage;
  registry.tokens.forEach((token, i) => {
    for (const hour of [3, 9, 15, 21]) {
      const at =
        atLocal(stage.calendar, stage.day, hour * 60 + 10 + i * 7) + random.between(0, MINUTE);
      const session = new Session(stage.events, random, token, at);
      session.login();
      const repository = registry.repositories[i] as Repository;
      session.pull(repository.name, repository.deployed);
    }
  });
}

/** A job from before identities were a thing; it signs in with the admin account every third day. */
function runLegacyJob(stage: Stage): void {
  const { registry, random, day } = stage;
  if ((day.index + registry.index) % 3 !== 0) return;
  const at = atLocal(stage.calendar, day, 6 * 60 + 30) + random.between(0, MINUTE);
  const session = new Session(stage.events, random, registry.admin, at);
  session.login();
  const repository = registry.repositories[2] as Repository;
  session.pull(repository.name, repository.deployed);
}
