import { z } from 'zod';
import { runFolder } from '../archive/layout';
import type { Archive } from '../core/archive';
import { OUTCOMES } from '../core/outcome';
import { bytesOf } from '../core/pieces';
import type { StreamReading } from './chain-reader';
import { readSealed } from './file-check';

const summarySchema = z.object({
  schema: z.literal('tallyman/summary/1'),
  title: z.string(),
  verdict: z.string(),
  coverage: z.object({ verdict: z.string(), complete: z.boolean() }),
  audits: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      outcome: z.enum(OUTCOMES),
      reason: z.string(),
      findings: z.number(),
      rows: z.number(),
    }),
  ),
});

/** What the page of a run shows of its `summary.json`. */
export type SealedSummary = z.infer<typeof summarySchema>;

/** The sealed summary, or undefined when these bytes are none of a version that this program knows. */
function parseSummary(bytes: Uint8Array): SealedSummary | undefined {
  try {
    return summarySchema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** The summary of a sealed run; undefined when it is not there as it was sealed. */
export async function readSummary(
  archive: Archive,
  { stream, files }: StreamReading,
  runId: string,
): Promise<SealedSummary | undefined> {
  const path = `${runFolder(stream, runId)}summary.json`;
  const digest = files.get(path);
  // Without a digest nothing vouches for its words, and they stand at the top of a page.
  if (digest === undefined) return undefined;
  const content = await readSealed(archive, path, digest);
  return typeof content === 'string' ? undefined : parseSummary(bytesOf(content));
}
