import type { ChainEntry } from '../../src/archive/chain';
import {
  amendmentsOf,
  appendEntry,
  chainSubject,
  coveredPeriods,
  linkAfter,
  promisesOf,
  readChain,
  referenceTo,
} from '../../src/archive/chain';
import { amendmentFolder, reviewPath } from '../../src/archive/layout';
import type {
  AmendmentPredicate,
  DefinitionChangePredicate,
  DestructionPredicate,
  ReviewPredicate,
  SealedPeriod,
  Subject,
} from '../../src/archive/manifest';
import { manifestOf } from '../../src/archive/manifest';
import { rotateKey } from '../../src/archive/rotate-key';
import { firstPeriodAfter, promisedPeriods } from '../../src/archive/schedule';
import type { Archive, Signer } from '../../src/core/archive';
import { sha256 } from '../../src/core/digest';
import type { PeriodKind } from '../../src/core/period';
import { FIGURES, SOFTWARE, TIME, appendGap, appendRun } from './archives';

const DESTROYED = '2027-04-01T00:00:00.000Z';
const SAID_ONCE = { software: SOFTWARE, startedAt: TIME, sealedAt: TIME };

/** Adds entries to one stream, as the run side of the program does; each returns the entry. */
export class TestStream {
  constructor(
    readonly archive: Archive,
    readonly stream: string,
    public signer: Signer,
  ) {}

  entries(): Promise<ChainEntry[]> {
    return readChain(this.archive, this.stream);
  }

  /** The first promised period that nothing speaks for. */
  async nextPeriod(): Promise<SealedPeriod> {
    const entries = await this.entries();
    const covered = coveredPeriods(entries);
    for (const period of promisedPeriods(promisesOf(entries))) {
      if (!covered.has(period.id)) return period;
    }
    throw new Error('the stream promises nothing');
  }

  async run(): Promise<ChainEntry> {
    return must(await appendRun(this.archive, this.signer, this.stream, await this.nextPeriod()));
  }

  async gap(): Promise<ChainEntry> {
    return must(await appendGap(this.archive, this.signer, this.stream, await this.nextPeriod()));
  }

  /** Amends what spoke last for a period. */
  async amend(periodId: string, change: Partial<AmendmentPredicate> = {}): Promise<ChainEntry> {
    const { archive, stream, signer } = this;
    const entries = await this.entries();
    const earlier = amendmentsOf(entries, periodId);
    const last = must(earlier.at(-1) ?? coveredPeriods(entries).get(periodId));
    const { predicate } = last.manifest;
    if (!('period' in predicate)) throw new Error('not an entry of a period');
    const number = change.number ?? earlier.length + 1;
    const folder = amendmentFolder(stream, periodId, number).slice(`${stream}/`.length);
    const subject = [
      await this.#write(`${folder}definition.json`, '{"definition":"of a test"}'),
      await this.#write(`${folder}difference.json`, `{"added":1,"of":"${periodId}"}`),
      await this.#write(`${folder}run.json`, `{"period":"${periodId}"}`),
    ];
    return this.#append(
      subject,
      (previous) => ({
        kind: 'amendment',
        stream,
        ...linkAfter(previous, signer),
        ...SAID_ONCE,
        period: predicate.period,
        amends: referenceTo(last),
        number,
        askedAt: TIME,
        after: 1,
        rows: { added: 1, vanished: 0, changed: 0 },
        ...FIGURES,
        definitionSha256: definitionIn(entries, predicate.period),
        ...change,
      }),
      archive,
    );
  }

  /** What a person said of an entry. */
  async review(of: ChainEntry, change: Partial<ReviewPredicate> = {}): Promise<ChainEntry> {
    const { archive, stream, signer } = this;
    const { predicate } = of.manifest;
    if (!('period' in predicate)) throw new Error('not an entry of a period');
    const said = `{"reviewer":"Kim","comment":"seen ${predicate.period.id}"}`;
    const path = reviewPath(stream, of.sequence, sha256(said));
    const subject = [await this.#write(path.slice(`${stream}/`.length), said)];
    return this.#append(
      subject,
      (previous) => ({
        kind: 'review',
        stream,
        ...linkAfter(previous, signer),
        ...SAID_ONCE,
        period: predicate.period,
        reviews: referenceTo(of),
        decision: 'accepted',
        reviewedAt: TIME,
        ...change,
      }),
      archive,
    );
  }

  /** Goes on with another key. */
  async rotate(newSigner: Signer): Promise<ChainEntry> {
    const why = { ...SAID_ONCE, reason: 'The key is a year old.' };
    const entry = await rotateKey(this.archive, this.signer, newSigner, this.stream, why);
    this.signer = newSigner;
    return must(entry);
  }

  /** Changes the definition from the next period on, and, where given, how periods are cut. */
  async redefine(
    definition: string,
    cut: { kind?: PeriodKind; timeZone?: string } = {},
    change: Partial<DefinitionChangePredicate> = {},
  ): Promise<ChainEntry> {
    const { archive, stream, signer } = this;
    const entries = await this.entries();
    const next = await this.nextPeriod();
    const last = [...coveredPeriods(entries).values()].at(-1)?.manifest.predicate;
    const { kind = next.kind, timeZone = next.timeZone } = cut;
    const firstPeriod =
      last !== undefined && 'period' in last ? firstPeriodAfter(last.period, kind, timeZone) : next;
    return this.#append(
      undefined,
      (previous) => ({
        kind: 'definition-change',
        stream,
        ...linkAfter(previous, signer),
        ...SAID_ONCE,
        definitionSha256: sha256(definition),
        schedule: { firstPeriod, deliverAt: '08:00', settleHours: 12 },
        reason: 'Two audits were added.',
        ...change,
      }),
      archive,
    );
  }

  /** Seals that the files of entries are destroyed. The caller removes them. */
  async destroy(
    entries: readonly ChainEntry[],
    change: Partial<DestructionPredicate> = {},
  ): Promise<ChainEntry> {
    const { archive, stream, signer } = this;
    return this.#append(
      undefined,
      (previous) => ({
        kind: 'destruction',
        stream,
        ...linkAfter(previous, signer),
        ...SAID_ONCE,
        entries: entries.map(referenceTo),
        policy: { text: 'Reports are kept for a year.', days: 365 },
        destroyedAt: DESTROYED,
        sealedAt: DESTROYED,
        ...change,
      }),
      archive,
    );
  }

  async #write(name: string, text: string): Promise<Subject> {
    await this.archive.create(`${this.stream}/${name}`, Buffer.from(text));
    return { name, digest: { sha256: sha256(text) } };
  }

  async #append(
    subject: readonly Subject[] | undefined,
    build: (previous: ChainEntry) => Parameters<typeof manifestOf>[1],
    archive: Archive,
  ): Promise<ChainEntry> {
    const entry = await appendEntry(archive, this.signer, this.stream, (previous) => {
      const before = must(previous);
      return manifestOf(subject ?? [chainSubject(before)], build(before));
    });
    return must(entry);
  }
}

/** The definition that is in force for a period. */
function definitionIn(entries: readonly ChainEntry[], period: SealedPeriod): string {
  const segment = promisesOf(entries).findLast(
    ({ firstPeriod }) => firstPeriod.start <= period.start,
  );
  return must(segment).definitionSha256;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is none');
  return value;
}
