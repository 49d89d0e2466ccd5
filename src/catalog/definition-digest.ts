import { z } from 'zod';

import type { ReportDefinition } from '../core/definitions';
import { ASK_AGAIN_DAYS, CHART_KINDS, EXPORT_KINDS } from '../core/definitions';
import { sha256, stableJson } from '../core/digest';
import { TallymanError } from '../core/errors';
import { LANGUAGE_IDS } from '../core/language';
import { SEVERITIES } from '../core/outcome';
import { PERIOD_KINDS } from '../core/period';
import { KUSTO_TYPES } from '../core/table';

/** What a run keeps of its definition. The version changes when its form does. */
const snapshotSchema = z.strictObject({
  schema: z.literal('tallyman/definition/1'),
  report: z.strictObject({
    id: z.string(),
    title: z.string(),
    language: z.enum(LANGUAGE_IDS).optional(),
    period: z.enum(PERIOD_KINDS),
    timeZone: z.string(),
    deliverAt: z.string(),
    settleHours: z.number(),
    ends: z.string().exactOptional(),
    // Definitions that were kept before this was a choice.
    askAgainDays: z.array(z.number()).default([...ASK_AGAIN_DAYS]),
    scopes: z.array(
      z.strictObject({
        id: z.string(),
        registries: z.union([z.literal('all'), z.array(z.string())]),
      }),
    ),
    recipients: z.array(z.string()),
    audits: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        purpose: z.string(),
        tables: z.array(z.string()),
        expect: z.enum(['none', 'some', 'any']),
        severity: z.enum(SEVERITIES),
        columns: z.array(z.strictObject({ name: z.string(), type: z.enum(KUSTO_TYPES) })),
        finding: z.string(),
        controls: z.array(
          z.strictObject({
            framework: z.string(),
            id: z.string(),
            title: z.string(),
            frameworkName: z.string(),
          }),
        ),
        remediation: z.string(),
        lookBackDays: z.number(),
        lookBackAtLeastDays: z.number(),
        rowsNeedLookBack: z.literal(false).optional(),
        query: z.string(),
        charts: z
          .array(
            z.strictObject({
              kind: z.enum(CHART_KINDS),
              title: z.string(),
              along: z.string(),
              values: z.array(z.string()),
              split: z.string().exactOptional(),
            }),
          )
          .optional(),
        when: z.union([z.tuple([z.string()]), z.tuple([z.string(), z.string()])]).optional(),
        headings: z.record(z.string(), z.string()).optional(),
        words: z.record(z.string(), z.record(z.string(), z.string())).optional(),
        nothing: z.string().optional(),
      }),
    ),
    waivers: z.array(
      z.strictObject({
        audit: z.string(),
        match: z.record(z.string(), z.string()),
        owner: z.string(),
        reason: z.string(),
        expires: z.string(),
      }),
    ),
    operations: z.record(z.string(), z.string()).optional(),
    attachUpTo: z.number().optional(),
    branding: z
      .strictObject({
        organisation: z.string().exactOptional(),
        classification: z.string().exactOptional(),
        colour: z.strictObject({ light: z.string(), dark: z.string() }).exactOptional(),
        logo: z
          .strictObject({
            type: z.enum(['image/png', 'image/jpeg']),
            base64: z.string(),
            width: z.number(),
            height: z.number(),
          })
          .exactOptional(),
      })
      .optional(),
    ownTables: z
      .array(
        z.strictObject({
          name: z.string(),
          version: z.string(),
          category: z.string(),
          columns: z.array(z.strictObject({ name: z.string(), type: z.enum(KUSTO_TYPES) })),
          fields: z.record(z.string(), z.string()),
        }),
      )
      .optional(),
    exports: z.array(z.enum(EXPORT_KINDS)).optional(),
  }),
});

/**
 * SHA-256 over everything that decides what a report asks and how it reads: the report, its audits
 * with their queries and controls, and the views.
 */
export function definitionDigest(report: ReportDefinition, viewsDigest: string): string {
  return sha256(stableJson({ definition: snapshotDefinition(report), viewsDigest }));
}

/** A report's definition as plain JSON, to be kept with a run. */
export function snapshotDefinition(report: ReportDefinition): unknown {
  return { schema: 'tallyman/definition/1', report };
}

/** The definition that `snapshotDefinition` gave. Throws ARCHIVE_DAMAGED when it is not one. */
export function parseDefinition(json: unknown): ReportDefinition {
  const result = snapshotSchema.safeParse(json);
  if (result.success) return result.data.report;
  const issue = result.error.issues[0];
  throw new TallymanError('ARCHIVE_DAMAGED', "A run's kept definition is not a definition.", {
    hint: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    cause: result.error,
  });
}
