import type { Retention } from '../core/custody';
import type { StreamSummary } from './verify-summary';
import type { Asked } from './verify-options';

/** Something that a verification could not tell. */
interface Unchecked {
  /** In a few words, for the verdict. */
  readonly what: string;
  /** In a sentence that says what follows. */
  readonly sentence: string;
}

/** What a verification can’t tell, because it was not asked to or because nothing can. */
export function uncheckedOf(asked: Asked, streams: readonly StreamSummary[]): Unchecked[] {
  const unchecked = [...uncheckedEnds(asked, streams), ...uncheckedTimes(asked, streams)];
  if (asked.stream !== undefined) {
    unchecked.push({
      what: 'other streams',
      sentence: `Only the stream ${asked.stream} was checked, and nothing outside its folder but its keys.`,
    });
  }
  return [...unchecked, ...uncheckedRetention(asked)];
}

function uncheckedRetention({ retention }: Asked): Unchecked[] {
  if (retention !== undefined && retention.status !== 'unknown') return [];
  const why =
    retention === undefined
      ? 'Whether the storage keeps files from being deleted is not to be seen in them: ask for its retention policy.'
      : 'How well the storage keeps files from being deleted could not be told.';
  return [{ what: 'the storage’s retention policy', sentence: why }];
}

const RETENTIONS: Record<Retention['status'], string> = {
  locked: ' The storage’s retention policy is locked.',
  unlocked: ' The storage’s retention policy is not locked: it can be taken away.',
  absent: ' The storage has no retention policy: whoever may delete there can delete the archive.',
  unknown: '',
};

/** What no verification of any archive can tell. */
export const NEVER_CHECKED =
  'An archive can’t show whether the platform recorded everything, or whether records were changed before they were read.';

function uncheckedEnds({ heads, range }: Asked, streams: readonly StreamSummary[]): Unchecked[] {
  const unchecked: Unchecked[] = [];
  const without = streams.filter(({ headSeen }) => !headSeen).map(({ stream }) => stream);
  if (heads.length === 0 || without.length > 0) {
    const whose =
      heads.length === 0 ? 'No head was given' : `No head was given of ${without.join(', ')}`;
    unchecked.push({
      what: heads.length === 0 ? 'the head' : `the head of ${without.join(', ')}`,
      sentence: `${whose}: entries deleted from a chain’s end, or a whole chain that anybody who may write to the storage made again with a key of their own, would not show. A head is in every mail.`,
    });
  }
  if (range.from === undefined || range.to === undefined) {
    unchecked.push({
      what: 'the range',
      sentence:
        'No whole range was given: periods before a stream’s first or after its newest would not be missed.',
    });
  }
  return unchecked;
}

function uncheckedTimes({ authorities }: Asked, streams: readonly StreamSummary[]): Unchecked[] {
  const stamped = streams.reduce((sum, { witnesses }) => sum + witnesses.count, 0);
  if (stamped === 0) {
    return [
      {
        what: 'times',
        sentence: 'Times are the signer’s word; no independent clock witnessed them.',
      },
    ];
  }
  if (authorities !== undefined) return [];
  const sentence = `The ${String(stamped)} time stamps are over the right signatures; who made them was not checked, because no certificates were given.`;
  return [{ what: 'the time stamps’ authority', sentence }];
}

/** The result in a sentence or two: what was found, what was looked at, and what was not. */
export function verdictOf(
  streams: readonly StreamSummary[],
  discrepancies: number,
  unsealed: number,
  unchecked: readonly Unchecked[],
  retention: Retention | undefined,
): string {
  const total = (
    field: 'entries' | 'runs' | 'gaps' | 'amendments' | 'reviews' | 'destroyed',
  ): number => streams.reduce((sum, stream) => sum + stream[field], 0);
  const stamped = streams.reduce((sum, { witnesses }) => sum + witnesses.count, 0);
  const optional = [
    [total('amendments'), 'amendment'],
    [total('reviews'), 'review'],
    [stamped, 'time stamp'],
  ] as const;
  const checked = [
    counted(streams.length, 'stream'),
    counted(total('entries'), 'entry', 'entries'),
    counted(total('runs'), 'run'),
    counted(total('gaps'), 'gap record'),
    ...optional.flatMap(([count, word]) => (count === 0 ? [] : [counted(count, word)])),
    ...(total('destroyed') === 0
      ? []
      : [
          `the files of ${counted(total('destroyed'), 'entry', 'entries')} destroyed under retention`,
        ]),
  ].join(', ');
  const found =
    discrepancies === 0
      ? 'Good: everything is as it was sealed'
      : `Not good: ${counted(discrepancies, 'discrepancy', 'discrepancies')}`;
  const open =
    unchecked.length === 0 ? '' : ` Not checked: ${unchecked.map(({ what }) => what).join(', ')}.`;
  const planted =
    unsealed === 0 || discrepancies > 0
      ? ''
      : `; ${unsealed === 1 ? '1 file is not sealed and proves' : `${String(unsealed)} files are not sealed and prove`} nothing: see the notes`;
  return `${found} (${checked})${planted}.${RETENTIONS[retention?.status ?? 'unknown']}${open}`;
}

/** `1 run`, `2 runs`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}
