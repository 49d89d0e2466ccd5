import { z } from 'zod';
import { stableJson } from '../core/digest';
import { DECISIONS, LONGEST_COMMENT, LONGEST_NAME } from '../core/review';
import { parseJson } from './json';
import { referenceSchema } from './predicates';

const reviewerSchema = z.object({
  name: z.string().min(1).max(LONGEST_NAME),
  /** The object id in Entra ID, when that is how the reviewer is known. */
  id: z.string().min(1).max(128).optional(),
  /** `statement`: whoever holds the signing key said so; nothing else vouches for the name. */
  knownBy: z.enum(['entra-id', 'statement']),
});

const reviewFileSchema = z.object({
  schema: z.literal('tallyman/review/1'),
  reviews: referenceSchema,
  decision: z.enum(DECISIONS),
  reviewer: reviewerSchema,
  comment: z.string().max(LONGEST_COMMENT),
  /** 1 when just this is said of the entry for the first time; greater when it is said again after something else. */
  occasion: z.int().min(1),
});

/** Who says something of an entry. */
export type Reviewer = z.infer<typeof reviewerSchema>;

/**
 * What a person said of an entry: the one file of a `review`, which alone says who it was. It holds no time, so
 * that a review which was killed writes the same file again.
 */
export type ReviewFile = z.infer<typeof reviewFileSchema>;

/** A review file's bytes. */
export function reviewFileBytes(file: ReviewFile): Uint8Array {
  return Buffer.from(stableJson(file));
}

/** The review in hostile bytes, or undefined when it is none of a version that this program knows. */
export function parseReviewFile(bytes: Uint8Array): ReviewFile | undefined {
  return reviewFileSchema.safeParse(parseJson(bytes)).data;
}
