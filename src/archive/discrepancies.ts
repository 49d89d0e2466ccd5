/** Everything that verification can find wrong, each with what it means. */
export const DISCREPANCIES = {
  'archive-empty':
    'There is no stream to verify: the folder is not an archive, or everything in it was deleted.',
  'stream-missing': 'The stream that was asked for is not in the archive.',
  'chain-missing': 'A stream’s folder holds files but no chain entry, so nothing in it is sealed.',
  'sequence-gap': 'Chain entries are missing: each entry’s number follows the one before it.',
  'entry-malformed': 'A chain entry is not, byte for byte, a bundle as Tallyman writes it.',
  'manifest-missing': 'The manifest that a chain entry signs is not there.',
  'manifest-altered': 'A manifest’s bytes do not have the digest that the chain entry signs.',
  'manifest-malformed':
    'A manifest is signed but is not a manifest of a known kind, byte for byte as Tallyman writes it.',
  'stream-wrong': 'An entry was sealed for another stream and copied here.',
  'sequence-wrong': 'An entry was sealed with another number than the one it is filed under.',
  'link-broken': 'An entry does not name the entry before it by number and digest.',
  'genesis-misplaced': 'The first entry, and only the first, must be the stream’s genesis.',
  'key-unknown':
    'An entry is signed with, or names, another key than the one its stream began with or last rotated to.',
  'key-missing': 'A stream’s public key is not in the archive, so its signatures can’t be checked.',
  'key-altered':
    'A public key’s file is not, byte for byte, the P-256 key that its name is the fingerprint of.',
  'signature-wrong': 'A signature was not made over this manifest with the stream’s key.',
  'rotation-wrong': 'A key rotation is not proved by the new key, or changes nothing.',
  'time-wrong':
    'An entry was sealed before it was begun, before the period that it is about had ended, or before it destroyed files: its signer’s clock or its signer is not to be relied on.',
  'amendment-wrong':
    'An amendment does not amend what spoke for its period last, or its number was used before.',
  'review-wrong': 'A review is not of an earlier entry of the same period that it names rightly.',
  'destruction-wrong':
    'A destruction names what it can’t destroy: no earlier entry with files of its own, one that was destroyed before, or one that was to be kept longer. It excuses nothing then.',
  'definition-wrong':
    'A definition change leaves periods out, counts some twice, or changes how periods are cut where runs were sealed already.',
  'definition-unannounced':
    'A run was made by another definition than its chain says was in force for the period.',
  'subject-misplaced': 'A manifest lists files that an entry of its kind must not speak for.',
  'subject-incomplete':
    'A run or an amendment does not list what it was told to do (`definition.json`) or under which conditions it was made (`run.json`), so nobody can do it again.',
  'file-missing':
    'A sealed file is not there, or what is there in its place can’t be read, and nothing says that it was destroyed under retention.',
  'file-altered': 'A sealed file’s bytes do not have the digest that its manifest lists.',
  'file-unlisted': 'A file is there that nothing in the archive speaks for.',
  'witness-malformed': 'A time stamp is no granted RFC 3161 response.',
  'witness-wrong':
    'A time stamp is over something else than the signature of the entry it is filed under.',
  'witness-untrusted':
    'A time stamp was not made by an authority that the given certificates stand behind.',
  'file-repeated':
    'A ZIP file holds several files of one name, so that programs disagree about which one it is.',
  'period-wrong':
    'An entry’s period is not one of its stream’s schedule, or its parts contradict each other.',
  'period-repeated': 'Two entries speak for the same period.',
  'period-missing': 'No entry speaks for a period between the stream’s first and its newest.',
  'range-uncovered':
    'The range that was asked for is not wholly covered by sealed runs and gap records.',
  'head-unknown':
    'The head that was given is not the digest of any entry: entries were deleted or rewritten since it was noted.',
} as const;

export type DiscrepancyCode = keyof typeof DISCREPANCIES;

/** Everything that verification remarks on without calling it wrong. */
export const NOTES = {
  'uncommitted-manifest':
    'A well-formed manifest that no chain entry names: a run that was interrupted or lost a race, or an entry deleted from the chain’s end. It proves nothing.',
  'unsealed-run':
    'Files for a period that no sealed run speaks for: a run that is going on, was interrupted, or was given up and has a gap record, or whose entry was deleted from the chain’s end. They prove nothing.',
  'unsealed-amendment':
    'Files for a period’s next amendment, which no entry speaks for: it is going on, was interrupted, or its entry was deleted from the chain’s end. They prove nothing.',
  'unsealed-review':
    'What somebody said of an entry, for which no entry speaks: it was interrupted, or its entry was deleted from the chain’s end. It proves nothing.',
  'destroyed-under-retention':
    'Files that were kept as long as they had to be and then destroyed, as a signed entry says. Their digests are still in the manifest.',
  'destruction-unfinished':
    'A signed entry says that files were destroyed, and some of them are still there, unchanged.',
  'unused-key': 'A public key with which no stream is signed.',
  'entries-after-head': 'The head that was given is in the chain, and entries came after it.',
} as const;

type NoteCode = keyof typeof NOTES;

/** Something wrong. Paths and messages may quote from hostile files: make them visible before printing. */
export interface Discrepancy {
  readonly code: DiscrepancyCode;
  /** The file or folder concerned, relative to the archive; empty for the whole archive. */
  readonly path: string;
  /** A sentence: what was expected and what came. */
  readonly message: string;
}

/** Something to know. As hostile as a discrepancy. */
export interface Note {
  readonly code: NoteCode;
  readonly path: string;
  readonly message: string;
}

/** Takes in a discrepancy. */
export type ReportDiscrepancy = (code: DiscrepancyCode, path: string, message: string) => void;

/** In order of path; what several streams find wrong with the key they share is told once. */
export function distinctByPath(discrepancies: readonly Discrepancy[]): Discrepancy[] {
  const distinct = new Map(discrepancies.map((one) => [`${one.code} ${one.path}`, one]));
  return [...distinct.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
