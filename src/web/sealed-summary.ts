import { z } from 'zod';
import { OUTCOMES } from '../core/outcome';

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
export function parseSummary(bytes: Uint8Array): SealedSummary | undefined {
  try {
    return summarySchema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
