import { DateTime } from 'luxon';
import { z } from 'zod';

import { ASK_AGAIN_DAYS, CHART_KINDS, EXPORT_KINDS } from '../core/definitions';
import { LANGUAGE_IDS } from '../core/language';
import { SEVERITIES } from '../core/outcome';
import { isTimeZone, PERIOD_KINDS } from '../core/period';
import { KUSTO_TYPES } from '../core/table';

/** Ids name folders, files and streams. */
export const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** A control file's name also holds the framework's version: `pci-dss-4.0.1`. */
export const FRAMEWORK_ID = /^[a-z0-9]+([.-][a-z0-9]+)*$/;

// Each message reads on from the name of a key; see checkShape.
const text = (max: number): z.ZodString => {
  const error = `must be text of 1 to ${max} characters`;
  return z.string({ error }).regex(/\S/, { error }).max(max, { error });
};

const matching = (pattern: RegExp, what: string): z.ZodString =>
  z.string({ error: `must be ${what}` }).regex(pattern, { error: `must be ${what}` });

const oneOf = <const T extends readonly string[]>(
  values: T,
): z.ZodEnum<z.core.util.ToEnum<T[number]>> =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

const wholeNumber = (min: number, max: number, of: string): z.ZodNumber => {
  const error = `must be a whole number of ${of} from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
};

const listOf = <T extends z.ZodType>(item: T, what: string, min: number): z.ZodArray<T> => {
  const error = `must be a list of ${what}${min === 0 ? '' : ', at least one'}`;
  return z.array(item, { error }).min(min, { error });
};

const mapError = 'must be a map';

const namesOf = (what: string): z.ZodRecord<z.ZodString, z.ZodString> =>
  z.record(z.string(), text(120), { error: `must be a map from ${what} to texts` });

const wordsOf = (): z.ZodRecord<z.ZodString, z.ZodRecord<z.ZodString, z.ZodString>> =>
  z.record(z.string(), namesOf('values'), { error: 'must be a map from columns to maps' });
const id = matching(ID, 'lower-case letters, digits and single hyphens');

const date = z
  .string({ error: 'must be a date such as 2027-01-31' })
  .refine((value) => /^\d{4}-\d\d-\d\d$/.test(value) && DateTime.fromISO(value).isValid, {
    error: 'must be a date such as 2027-01-31',
  });

const colour = matching(/^#[0-9A-Fa-f]{6}$/, "a colour such as '#2c5a86', quoted");

const registryName = matching(
  /^[a-z0-9]{5,50}$/,
  'a registry resource name in lower case (contoso, not contoso.azurecr.io)',
);

/** `templates/audits/<id>/audit.yaml` */
export const auditSchema = z.strictObject(
  {
    title: text(120),
    purpose: text(2_000),
    tables: listOf(text(100), 'tables', 1),
    expect: oneOf(['none', 'some', 'any']),
    severity: oneOf(SEVERITIES),
    columns: z
      .record(
        matching(/^[A-Za-z_]\w*$/, 'a column name of letters, digits and underscores'),
        oneOf(KUSTO_TYPES),
        { error: 'must be a map from column names to Kusto types' },
      )
      .refine((columns) => Object.keys(columns).length > 0, {
        error: 'must name at least one column',
      }),
    finding: text(1_000),
    when: z
      .union([text(100), z.tuple([text(100)]), z.tuple([text(100), text(100)])], {
        error: 'must be a column, or a list of one or two columns',
      })
      .optional(),
    controls: listOf(
      matching(/^[a-z0-9.-]+\/[A-Za-z0-9.()-]+$/, 'a framework and an id: pci-dss-4.0.1/10.2.1.7'),
      'controls',
      1,
    ),
    remediation: text(2_000),
    charts: listOf(
      z.strictObject(
        {
          kind: oneOf(CHART_KINDS),
          title: text(120),
          along: text(100),
          values: listOf(text(100), 'columns', 1),
          split: text(100).exactOptional(),
        },
        { error: 'must be a map with kind, title, along and values' },
      ),
      'charts',
      1,
    )
      .max(4, { error: 'must be a list of at most four charts' })
      .optional(),
    lookBack: z
      .strictObject(
        {
          days: wholeNumber(1, 92, 'days'),
          atLeast: wholeNumber(0, 92, 'days'),
          rowsNeedIt: z.boolean({ error: 'must be true or false' }).exactOptional(),
        },
        { error: 'must be a map with days and atLeast' },
      )
      .refine((lookBack) => lookBack.atLeast <= lookBack.days, {
        error: 'must have no more atLeast than days',
      })
      .optional(),
  },
  { error: mapError },
);

/** `templates/audits/<id>/audit.<language>.yaml` */
export const auditTextSchema = z.strictObject(
  {
    title: text(120),
    purpose: text(2_000),
    finding: text(1_000),
    remediation: text(2_000),
    charts: listOf(text(120), 'titles', 1).optional(),
    columns: namesOf('columns').optional(),
    words: wordsOf().optional(),
  },
  { error: mapError },
);

/** What `templates/languages/<language>.yaml` has for audits; its other keys are the texts of the program. */
export const glossarySchema = z.looseObject(
  {
    nothing: text(40).optional(),
    columns: namesOf('columns').optional(),
    words: wordsOf().optional(),
    operations: z
      .record(z.string().regex(/^[A-Z.]+(\/[A-Z]+)+$/), text(120), {
        error: 'must be a map from names of operations, in upper case, to texts',
      })
      .optional(),
  },
  { error: mapError },
);

/** `templates/reports/<id>.yaml` */
export const reportSchema = z.strictObject(
  {
    title: z.union([text(120), z.partialRecord(z.enum(LANGUAGE_IDS), text(120))], {
      error: `must be text of 1 to 120 characters, or a map from ${LANGUAGE_IDS.join(', ')} to such texts`,
    }),
    language: oneOf(LANGUAGE_IDS).optional(),
    period: oneOf(PERIOD_KINDS),
    timeZone: z
      .string({ error: 'must be an IANA time zone such as Asia/Seoul' })
      .refine((name) => /^[\w+/-]+$/.test(name) && isTimeZone(name), {
        error: 'must be an IANA time zone such as Asia/Seoul',
      }),
    deliverAt: matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'a local time of day such as "07:00"'),
    settle: wholeNumber(0, 240, 'hours'),
    ends: date.optional(),
    askAgain: listOf(wholeNumber(1, 366, 'days'), 'days', 0)
      .max(10, { error: 'must be a list of at most ten days' })
      .refine((days) => days.every((day, i) => i === 0 || day > (days[i - 1] ?? 0)), {
        error: 'must be a list of days in ascending order',
      })
      .default([...ASK_AGAIN_DAYS]),
    scopes: listOf(
      z.strictObject(
        {
          id,
          registries: z.union([z.literal('all'), z.array(registryName).min(1)], {
            error: 'must be all, or a list of registries',
          }),
        },
        { error: 'must be a map with id and registries' },
      ),
      'scopes',
      1,
    ),
    recipients: listOf(
      matching(/^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$/, 'a mail address'),
      'mail addresses',
      0,
    ),
    audits: listOf(id, 'audit ids', 1),
    exports: listOf(oneOf(EXPORT_KINDS), 'formats', 1).optional(),
    attachUpTo: wholeNumber(0, 20, 'megabytes').optional(),
    branding: z
      .strictObject(
        {
          organisation: text(80).exactOptional(),
          classification: text(40).exactOptional(),
          colour: z
            .strictObject(
              { light: colour, dark: colour },
              { error: 'must be a map with light and dark' },
            )
            .exactOptional(),
          logo: matching(
            /^[A-Za-z0-9_-]+\.(png|jpe?g)$/,
            'the name of a .png or .jpg in templates/branding',
          ).exactOptional(),
        },
        { error: 'must be a map with organisation, classification, colour or logo' },
      )
      .optional(),
    waivers: listOf(
      z.strictObject(
        {
          audit: id,
          match: z
            .record(z.string(), z.string({ error: 'must be text; quote numbers' }), {
              error: 'must be a map from columns to values',
            })
            .refine((match) => Object.keys(match).length > 0, {
              error: 'must name at least one column, or it would accept every finding',
            }),
          owner: text(200),
          reason: text(1_000),
          expires: date,
        },
        { error: 'must be a map with audit, match, owner, reason and expires' },
      ),
      'waivers',
      0,
    ),
  },
  { error: mapError },
);

/** `templates/controls/<framework>.yaml` */
export const controlsSchema = z.strictObject(
  {
    name: text(100),
    version: text(40),
    controls: z.record(
      matching(/^[A-Za-z0-9.()-]+$/, 'a control id of letters, digits, dots, brackets and hyphens'),
      text(200),
      { error: 'must be a map from control ids to short titles' },
    ),
  },
  { error: mapError },
);

export type AuditFile = z.infer<typeof auditSchema>;
export type AuditTextFile = z.infer<typeof auditTextSchema>;
export type ReportFile = z.infer<typeof reportSchema>;

/** What a raw record's field can become. */
const OWN_TYPES = ['string', 'bool', 'int', 'long', 'real', 'datetime', 'dynamic'] as const;

/** `templates/tables/<id>.yaml` */
export const tableSchema = z.strictObject(
  {
    table: matching(/^[A-Za-z]\w{0,99}$/, 'a table name of letters, digits and underscores'),
    version: text(40),
    category: matching(
      /^(?!insights-)[a-z0-9]+(-[a-z0-9]+)*$/,
      'a category in lower case, without the insights-logs- of its container',
    ),
    columns: z
      .record(
        matching(/^[A-Za-z_]\w{0,99}$/, 'a column name of letters, digits and underscores'),
        oneOf(OWN_TYPES),
        { error: 'must be a map from column names to types' },
      )
      .refine((columns) => Object.keys(columns).length > 0 && Object.keys(columns).length <= 500, {
        error: 'must name 1 to 500 columns',
      }),
    fields: z
      .record(z.string(), text(200), { error: 'must be a map from columns to fields' })
      .optional(),
  },
  { error: mapError },
);
