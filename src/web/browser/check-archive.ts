import { sequenceOfWitness } from '../../archive/layout';
import type { Findings } from '../../archive/verify-archive';
import { verifySource } from '../../archive/verify-archive';
import { firstDateOf } from '../../archive/verify-periods';
import type { WitnessChecker } from '../../archive/verify-source';
import { NEVER_CHECKED, uncheckedOf, verdictOf } from '../../archive/verify-verdict';
import type { PickedFile } from './picked-files';
import { archiveOf, CannotTell, sourceOf } from './picked-files';

/** What somebody typed into the form; empty where nothing was. */
export interface Question {
  /** The digests that mails gave as streams’ heads, with anything between them. */
  readonly heads: string;
  /** A date in the streams’ zone. */
  readonly from: string;
  /** The first date after the range. */
  readonly to: string;
}

export interface CheckResult extends Findings {
  /** `whole` when nothing is wrong and heads and a range were given; `open` when one of them was not. */
  readonly status: 'whole' | 'open' | 'wrong';
  readonly verdict: string;
  /** Sentences: what this could not tell. */
  readonly notChecked: readonly string[];
}

/**
 * Checks an archive by the same rules as `tallyman verify`, without its time stamps. `onRead` is told how much was
 * read, in bytes, and of how much. Throws CannotTell when it could not be checked.
 */
export async function checkArchive(
  files: readonly PickedFile[],
  question: Question,
  onRead: (done: number, all: number) => void,
): Promise<CheckResult> {
  const asked = {
    stream: undefined,
    authorities: undefined,
    retention: undefined,
    ...parse(question),
  };
  const archive = archiveOf(files);
  const all = archive.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  let stamps = 0;
  const source = sourceOf(archive, (bytes) => {
    done += bytes;
    onRead(done, all);
  });
  const findings = await verifySource(source, asked, ({ stream }): WitnessChecker => ({
    check: (path) => {
      const isStamp = sequenceOfWitness(stream, path) !== undefined;
      if (isStamp) stamps += 1;
      return Promise.resolve(isStamp);
    },
    summary: { count: 0 },
  }));
  const { streams, discrepancies, unsealed } = findings;
  const unchecked = uncheckedOf(asked, streams).map((one) =>
    one.what === 'times' && stamps > 0 ? unseenStamps(stamps) : one,
  );
  const isOpen = unchecked.some(({ what }) => /^the (head|range)/.test(what));
  return {
    ...findings,
    status: discrepancies.length > 0 ? 'wrong' : isOpen ? 'open' : 'whole',
    verdict: verdictOf(streams, discrepancies.length, unsealed, unchecked, undefined),
    notChecked: [...unchecked.map(({ sentence }) => sentence), NEVER_CHECKED],
  };
}

function unseenStamps(count: number): { readonly what: string; readonly sentence: string } {
  const sentence = `This page does not look into time stamps, and there are ${String(count)}: tallyman verify and verify.sh do.`;
  return { what: 'time stamps', sentence };
}

function parse({ heads, from, to }: Question): {
  readonly heads: readonly string[];
  readonly range: { readonly from?: string; readonly to?: string };
} {
  const digests = heads
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((one) => one !== '');
  const odd = digests.find((one) => !/^[0-9a-f]{64}$/.test(one));
  if (odd !== undefined) {
    throw new CannotTell(
      `A head has 64 hexadecimal digits, and this is “${odd}”. Copy it whole from a mail.`,
    );
  }
  for (const date of [from, to]) {
    if (date !== '' && firstDateOf(date) === undefined) {
      throw new CannotTell(`A date is like 2026-03-02, and this is “${date}”.`);
    }
  }
  const range = {
    ...(from !== '' && { from: firstDateOf(from) ?? '' }),
    ...(to !== '' && { to: firstDateOf(to) ?? '' }),
  };
  if (from !== '' && to !== '' && (range.from ?? '') >= (range.to ?? '')) {
    throw new CannotTell(
      'The range ends before it begins. The second date is the first after the range.',
    );
  }
  return { heads: digests, range };
}
