import type { Branding } from '../core/definitions';
import type { Language, LanguageId, Phrase, Text } from '../core/language';
import { formatNumber, listed, phrase, say } from '../core/language';
import type { Period } from '../core/period';
import type { Report } from '../core/report';
import { waitsForReviewer } from '../core/review';
import { SEVERITIES } from '../core/outcome';
import type { MailBrand } from './brand-model';
import { mailBrand } from './brand-model';
import type { SummaryRow } from './findings-model';
import { worstFindings } from './findings-model';
import { changesModel } from './changes-model';
import type { ChangesModel } from './changes-model';
import { amendmentText, noticesOf } from './notices';
import { pastModel } from './past-model';
import { periodLabel, shortPeriodLabel } from './spans';
import type { Views } from './views';
import { visible } from './visible';
import { namesAndMore, nothingFoundText, severityBadge, severityCounts } from './words';

/** Findings that a mail lists; the report has them all. */
const FINDINGS_IN_A_MAIL = 10;

/** Some mail programs cut a longer page, and what is cut may be the proof at its end. */
const LARGEST_PAGE_BYTES = 8_192;

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface RunMailInput {
  readonly report: Report;
  /** The run's entry in the chain. */
  readonly sequence: number;
  /** The entry's digest in full: the head when the mail was made. */
  readonly head: string;
  readonly reportUrl?: string;
  readonly archiveLocation: string;
  /** `attached`, or a sentence that says why the PDF is not. */
  readonly attachment: 'attached' | Phrase;
}

export type DigestRow =
  | {
      readonly kind: 'run' | 'amendment';
      readonly sequence: number;
      readonly manifestSha256: string;
      readonly report: Report;
    }
  | {
      readonly kind: 'gap';
      readonly sequence: number;
      readonly manifestSha256: string;
      readonly period: Period;
      readonly reason: string;
    }
  | {
      /** About the chain itself. */
      readonly kind: 'note';
      readonly sequence: number;
      readonly manifestSha256: string;
      /** A sentence. */
      readonly text: Text;
    };

export interface DigestMailInput {
  readonly language: LanguageId;
  readonly branding?: Branding | undefined;
  readonly stream: string;
  readonly title: string;
  /** Oldest first. */
  readonly rows: readonly DigestRow[];
  /** Of the newest row. */
  readonly sequence: number;
  /** The newest row's digest in full. */
  readonly head: string;
  readonly archiveLocation: string;
  readonly archiveUrl?: string;
}

interface RunMailModel {
  readonly brand: MailBrand;
  /** For `lang` of the page. */
  readonly language: LanguageId;
  readonly heading: string;
  readonly registries: string;
  readonly verdict: string;
  /** How many days of a longer period wait for a reviewer; empty when none does. */
  readonly waiting: string;
  readonly counts: string;
  readonly notices: readonly string[];
  readonly coverage: string;
  readonly changes: ChangesModel;
  readonly findings: readonly SummaryRow[];
  readonly cut: string;
  readonly nothingFound: string;
  readonly link: string;
  readonly archive: string;
  readonly attachment: string;
  /** Whether somebody has to sign the report off. */
  readonly waits: boolean;
  readonly stream: string;
  readonly sequence: string;
  readonly head: string;
}

/** The summary mail of one run. Its subject holds definitions and counts only, nothing from a log. */
export function renderRunMail(input: RunMailInput, views: Views): RenderedMail {
  const { report } = input;
  const language = views.languages[report.language];
  const model = (findings: number): RunMailModel => runMailModel(input, findings, language);
  const name = `${visible(report.reportId, 60)} / ${visible(report.scopeId, 60)}`;
  return {
    subject: `${visible(report.title, 80)}, ${shortPeriodLabel(report.period, language.id)}: ${say(countsOf(report), language)} [${name}]`,
    text: withSpaces(views.runMailText(model(FINDINGS_IN_A_MAIL), language)),
    html: fitting(FINDINGS_IN_A_MAIL, (findings) => views.runMail(model(findings), language)),
  };
}

/** The page with as many of its rows as fit; the text beside it has them all. */
function fitting(rows: number, page: (rows: number) => string): string {
  const html = page(rows);
  const isTooLong = Buffer.byteLength(html) > LARGEST_PAGE_BYTES;
  return isTooLong && rows > 1 ? fitting(rows - 1, page) : html;
}

function runMailModel(input: RunMailInput, findings: number, language: Language): RunMailModel {
  const { report } = input;
  const worst = worstFindings(report, findings, language);
  const told = (text: Text): string => say(text, language);
  return {
    brand: mailBrand(report.branding),
    language: language.id,
    heading: `${visible(report.title, 120)}, ${periodLabel(report.period, language.id)}`,
    registries: told(registriesText(report)),
    verdict: visible(told(report.verdict), 400),
    waiting: pastModel(report, language).waiting,
    counts: told(
      listed(
        severityCounts(SEVERITIES.map((severity) => [severity, report.findingCounts[severity]])),
      ),
    ),
    notices: noticesOf(report).map(told),
    coverage: visible(told(report.coverage.verdict), 600),
    changes: changesModel(report, language),
    findings: worst.rows,
    cut: worst.cut,
    nothingFound: told(nothingFoundText(report.coverage.complete)),
    link: webAddress(input.reportUrl),
    archive: visible(input.archiveLocation, 300),
    attachment:
      input.attachment === 'attached'
        ? told(phrase('mail.attached'))
        : visible(told(input.attachment), 300),
    waits: waitsForReviewer(report.outcome, undefined),
    stream: visible(report.stream, 120),
    sequence: formatNumber(input.sequence),
    head: visible(input.head, 64),
  };
}

/**
 * One mail for several entries of a stream: runs that were made up together, gaps, reports that were made
 * again for closed periods, and what was changed about the chain.
 */
export function renderDigestMail(input: DigestMailInput, views: Views): RenderedMail {
  const language = views.languages[input.language];
  const told = (text: Text): string => say(text, language);
  const reports = input.rows.flatMap((row) => ('report' in row ? [row.report] : []));
  const ofKind = (kind: DigestRow['kind']): number =>
    input.rows.filter((row) => row.kind === kind).length;
  const [runs, amendments, gaps] = [ofKind('run'), ofKind('amendment'), ofKind('gap')];
  const counts = told(digestCounts(reports, gaps, amendments));
  const what = told(
    runs + gaps > 0
      ? phrase('digest.madeUp', { count: runs })
      : amendments > 0
        ? phrase('digest.askedAgain')
        : phrase('digest.change'),
  );
  const model = ({ entries, findings }: Shown): object => ({
    brand: mailBrand(input.branding),
    language: language.id,
    heading: `${visible(input.title, 120)}, ${what}`,
    counts,
    runs: runs > 0,
    gaps: gaps > 0,
    amendments: amendments > 0,
    rows: worstRows(input.rows, entries).map((row) => digestRow(row, language)),
    rowsCut:
      entries >= input.rows.length
        ? ''
        : told(phrase('cut.entries', { shown: entries, total: input.rows.length })),
    findings: worstOfAll(reports, language).slice(0, findings),
    cut: told(digestCut(reports, findings)),
    link: webAddress(input.archiveUrl),
    archive: visible(input.archiveLocation, 300),
    stream: visible(input.stream, 120),
    sequence: formatNumber(input.sequence),
    head: visible(input.head, 64),
  });
  const page = fittingDigest(
    { entries: input.rows.length, findings: FINDINGS_IN_A_MAIL },
    (shown) => views.digestMail(model(shown), language),
  );
  return {
    subject: `${visible(input.title, 80)}, ${what}${counts === '' ? '' : `: ${counts}`} [${visible(input.stream.replace('.', ' / '), 120)}]`,
    text: withSpaces(
      views.digestMailText(
        model({ entries: input.rows.length, findings: page.findings }),
        language,
      ),
    ),
    html: page.html,
  };
}

/** How many entries and findings a digest shows. */
interface Shown {
  readonly entries: number;
  readonly findings: number;
}

/** Entries that a page keeps before findings make way, too. */
const ENTRIES_KEPT = 3;

/** The page as long as it may be: entries make way first, so that page and text show the same findings. */
function fittingDigest(shown: Shown, page: (shown: Shown) => string): Shown & { html: string } {
  const html = page(shown);
  const { entries, findings } = shown;
  if (Buffer.byteLength(html) <= LARGEST_PAGE_BYTES) return { ...shown, html };
  if (entries > ENTRIES_KEPT) return fittingDigest({ entries: entries - 1, findings }, page);
  if (findings > 1) return fittingDigest({ entries, findings: findings - 1 }, page);
  return { ...shown, html };
}

/** All entries in their order; where some have to be left out, the worst ones first. */
function worstRows(rows: readonly DigestRow[], shown: number): readonly DigestRow[] {
  if (shown >= rows.length) return rows;
  return rows
    .map((row, index) => ({ row, index }))
    .sort((a, b) => badnessOf(a.row) - badnessOf(b.row) || a.index - b.index)
    .slice(0, shown)
    .map(({ row }) => row);
}

/** Less is worse: by the worst finding, then what could not be told. */
function badnessOf(row: DigestRow): number {
  if (row.kind === 'gap') return 0;
  if (row.kind === 'note') return SEVERITIES.length + 2;
  const worst = SEVERITIES.findIndex((severity) => row.report.findingCounts[severity] > 0);
  if (worst >= 0) return worst;
  return SEVERITIES.length + (row.report.outcome === 'error' ? 0 : 1);
}

function digestCounts(reports: readonly Report[], gaps: number, amendments: number): Text {
  const findings = sum(reports, (report) => report.findings.length);
  const untold = sum(reports, (report) => report.auditCounts.error);
  const incomplete = reports.filter(({ coverage }) => !coverage.complete).length;
  return listed([
    ...(gaps === 0 ? [] : [phrase('digest.gaps', { count: gaps })]),
    ...(amendments === 0 ? [] : [phrase('digest.amendments', { count: amendments })]),
    ...(reports.length === 0 && gaps === 0 ? [] : [phrase('count.findings', { count: findings })]),
    ...(untold === 0 ? [] : [phrase('count.untold', { number: untold })]),
    ...(incomplete === 0 ? [] : [phrase('digest.incomplete', { count: incomplete })]),
  ]);
}

interface DigestRowModel {
  readonly period: string;
  readonly text: string;
  readonly sequence: string;
}

function digestRow(row: DigestRow, language: Language): DigestRowModel {
  const sequence = formatNumber(row.sequence);
  if (row.kind === 'gap') {
    const reason = visible(row.reason, 160);
    return {
      period: periodLabel(row.period, language.id),
      text: say(phrase('digest.noReport', { reason }), language),
      sequence,
    };
  }
  if (row.kind === 'note')
    return { period: '–', text: visible(say(row.text, language), 400), sequence };
  const { report } = row;
  const counts = countsOf(report);
  const text =
    report.amendment === undefined
      ? counts
      : phrase('digest.amended', { difference: amendmentText(report.amendment), counts });
  return { period: periodLabel(report.period, language.id), text: say(text, language), sequence };
}

/** The worst findings over all periods; each says which period it is of. */
function worstOfAll(
  reports: readonly Report[],
  language: Language,
): (SummaryRow & { readonly period: string })[] {
  const rows = reports.flatMap((report) =>
    worstFindings(report, FINDINGS_IN_A_MAIL, language).rows.map((row) => ({
      ...row,
      period: shortPeriodLabel(report.period, language.id),
    })),
  );
  const order = [...SEVERITIES.map((severity) => severityBadge(severity, language).style), 'error'];
  return rows
    .map((row, index) => ({ row, index }))
    .sort(
      (a, b) =>
        order.indexOf(a.row.badge.style) - order.indexOf(b.row.badge.style) || a.index - b.index,
    )
    .slice(0, FINDINGS_IN_A_MAIL)
    .map(({ row }) => row);
}

function digestCut(reports: readonly Report[], shown: number): Text {
  const all = sum(reports, (report) => report.findings.length + report.auditCounts.error);
  const told = Math.min(shown, FINDINGS_IN_A_MAIL);
  return all <= told ? '' : phrase('cut.digest', { more: all - told });
}

function countsOf(report: Report): Text {
  const findings = report.findings.length;
  const untold = report.auditCounts.error;
  const counted =
    findings === 0 ? phrase('count.noFindings') : phrase('count.findings', { count: findings });
  return listed([
    counted,
    ...(untold > 0 ? [phrase('count.untold', { number: untold })] : []),
    ...(report.coverage.complete ? [] : [phrase('count.incomplete')]),
  ]);
}

function registriesText(report: Report): Text {
  if (report.registries.length === 0) return phrase('page.noRegistry');
  const shown = report.registries.slice(0, 6).map((name) => visible(name, 60));
  return namesAndMore(shown, report.registries.length - shown.length);
}

/** Only web addresses become links; anything else would make a mail client do something else. */
function webAddress(address: string | undefined): string {
  if (address === undefined || !/^https?:\/\/[^\s"'<>]+$/.test(address)) return '';
  return visible(address, 400);
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}

/** Plain text has ordinary spaces only, so that people find in it what they type. */
function withSpaces(text: string): string {
  return text.replaceAll('\u00A0', ' ');
}
