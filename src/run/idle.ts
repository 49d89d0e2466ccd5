import { readChain } from '../archive/chain';
import { listSequences } from '../archive/chain-walk';
import { chainPath } from '../archive/layout';
import { definitionDigest } from '../catalog/definition-digest';
import type { Archive } from '../core/archive';
import type { ReportDefinition } from '../core/definitions';
import { sha256, stableJson } from '../core/digest';
import { nextPeriod, toInstant } from '../core/period';
import { askedAgainDays } from './asked-again-records';
import type { Parts } from './parts';
import { dueAt, missingPeriods, newestDuePeriod } from './plan';
import { nextAskAgain, planAskAgain } from './plan-ask-again';
import type { StreamDefinition } from './streams';
import { witnessOf } from './witness';

const DAY_MS = 86_400_000;

/** However little is expected, a stream is looked at as a whole after so many days. */
const MOST_DAYS = 7;

/**
 * Notes of the private store, each saying that there is nothing to do for a stream before a moment, as long as its chain
 * does not grow. The name says everything, so that one listing tells of all streams:
 * `idle/2026-03-11/<stream>/<milliseconds since 1970>.<entries>.<digest of what it depends on>`. Notes of days that
 * have passed are never listed again.
 */
const ROOT = 'idle/';

/** A stream whose chain had so many entries when somebody began to look at it. */
export interface Look {
  readonly definition: StreamDefinition;
  readonly entries: number;
}

/** Spares a wake-up from reading the chains of streams for which nothing can be due. */
export class IdleStreams {
  readonly #states = new WeakMap<ReportDefinition, string>();

  private constructor(
    private readonly parts: Parts,
    /** By stream. */
    private readonly notes: ReadonlyMap<string, readonly string[]>,
  ) {}

  static async read(parts: Parts): Promise<IdleStreams> {
    const notes = new Map<string, string[]>();
    for (let day = 0; day <= MOST_DAYS; day += 1) {
      const date = dateOf(Date.parse(parts.now()) + day * DAY_MS);
      for await (const { path } of parts.privateStore.list(`${ROOT}${date}/`)) {
        const [, , stream = '', note = ''] = path.split('/');
        notes.set(stream, [...(notes.get(stream) ?? []), note]);
      }
    }
    return new IdleStreams(parts, notes);
  }

  /**
   * Undefined when there is nothing to do for the stream now, which takes two calls of the storage to know, and one in
   * a process that has read the newest entry before.
   */
  async look(definition: StreamDefinition): Promise<Look | undefined> {
    const { archive } = this.parts;
    const { stream } = definition;
    const noted = this.#notedEntries(definition);
    if (noted !== undefined && (await endsWith(archive, stream, noted))) return undefined;
    return { definition, entries: (await listSequences(archive, stream)).length };
  }

  /** How many entries the chain must have for there to be nothing to do. */
  #notedEntries(definition: StreamDefinition): number | undefined {
    const state = this.#stateOf(definition);
    const now = Date.parse(this.parts.now());
    const holding = (this.notes.get(definition.stream) ?? [])
      .map((note) => note.split('.'))
      .filter(([until, , of]) => Number(until) > now && of === state)
      .map(([, entries]) => Number(entries));
    return holding.length === 0 ? undefined : Math.max(...holding);
  }

  /** Notes until when there is nothing to do, for who has looked, told of everything and found nothing. */
  async remember({ definition, entries: seen }: Look): Promise<void> {
    const { archive, privateStore } = this.parts;
    const { report, stream } = definition;
    const now = this.parts.now();
    const entries = await readChain(archive, stream);
    const asked = await askedAgainDays(privateStore, stream);
    const isDue =
      entries.length !== seen ||
      entries.length === 0 ||
      missingPeriods(report, entries, now).length > 0 ||
      planAskAgain(definition, entries, asked, now).length > 0 ||
      ((await witnessOf(this.parts, stream))?.waiting ?? 0) > 0;
    if (isDue) return;
    const until = [
      toInstant(new Date(Date.parse(now) + MOST_DAYS * DAY_MS)),
      // Long ago for a report that has ended.
      dueAt(report, nextPeriod(newestDuePeriod(report, now))),
      nextAskAgain(definition, entries, asked, now),
    ].filter((time) => time !== undefined && time > now);
    const first = Date.parse(until.sort()[0] ?? now);
    const note = `${first}.${seen}.${this.#stateOf(definition)}`;
    await privateStore.create(`${ROOT}${dateOf(first)}/${stream}/${note}`, Buffer.from('{}\n'));
  }

  /** Stands for all else that decides what is to be done. */
  #stateOf({ report }: StreamDefinition): string {
    const known = this.#states.get(report);
    if (known !== undefined) return known;
    const { catalog, software, mail, timeAuthority } = this.parts;
    const state = {
      definition: definitionDigest(report, catalog.viewsDigest),
      recipients: report.recipients,
      askAgainDays: report.askAgainDays,
      software,
      from: mail?.from ?? null,
      authority: timeAuthority?.location ?? null,
    };
    const digest = sha256(stableJson(state)).slice(0, 16);
    this.#states.set(report, digest);
    return digest;
  }
}

/**
 * Whether a chain's newest entry is the n-th. Both are asked for by name: a storage that looks through all it holds for a
 * list, as Azurite does, takes the longer the more runs there are.
 */
async function endsWith(archive: Archive, stream: string, n: number): Promise<boolean> {
  const has = async (sequence: number): Promise<boolean> =>
    (await archive.read(chainPath(stream, sequence))) !== undefined;
  return (await has(n)) && !(await has(n + 1));
}

function dateOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
