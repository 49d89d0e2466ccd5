import { join } from 'node:path';
import { counted } from '../archive/verify-verdict';
import type { Language } from '../core/language';
import { say } from '../core/language';
import { SEVERITIES } from '../core/outcome';
import type { Report } from '../core/report';
import { shortNames } from '../render/short-names';
import { visible } from '../render/visible';
import type { AskAgainResult } from '../run/ask-again-result';
import type { ProgressEvent } from '../run/parts';
import type { DueResult } from '../run/run-due';
import type { Place, Settings } from '../settings';
import type { ExitCode } from './output';
import { note, print, printJson, printTable } from './output';
import type { ProgressLine } from './progress';

/** How an outcome is named to people. */
export const OUTCOME_TEXT = {
  error: 'could not tell',
  fail: 'needs a reviewer',
  info: 'for information',
  pass: 'as expected',
} as const;

const ASKED_AGAIN_TEXT = {
  same: 'the same',
  late: 'logs came late',
  lost: 'logs are gone or altered',
  'cannot-tell': 'could not tell',
} as const;

/** One line for each run as it is sealed; what is under way is shown only at a terminal. */
export function showProgress(line: ProgressLine, event: ProgressEvent, json: boolean): void {
  switch (event.kind) {
    case 'run-started':
      line.show(`${event.stream} ${event.period}: reading logs`);
      return;
    case 'asked':
      line.show(
        `${event.stream} ${event.period}: ${String(event.done)} of ${String(event.total)} questions answered`,
      );
      return;
    case 'run-sealed':
      line.clear();
      if (!json) print(sealedLine(event.report, event.sequence));
      return;
    case 'asked-again':
      line.clear();
      if (!json) print(askedAgainLine(event.stream, event.result));
      return;
    case 'not-witnessed':
      line.clear();
      note(`${event.stream}: no time stamp yet. ${visible(event.reason)}`);
      return;
    case 'failed':
      line.clear();
      note(
        `${[event.stream, event.period].join(' ').trim()}: failed. ${visible(event.error instanceof Error ? event.error.message : String(event.error))}`,
      );
  }
}

/** 2 when something could not be told, 1 when there are findings, else 0. */
export function exitCodeOf(result: DueResult): ExitCode {
  const again = result.askedAgain.flatMap((one) =>
    one.status === 'asked' && one.asked.result === 'lost' ? (['fail'] as const) : [],
  );
  const outcomes = [...result.sealed.map(({ report }) => report.outcome), ...again];
  if (outcomes.includes('error')) return 2;
  return outcomes.includes('fail') ? 1 : 0;
}

interface ResultContext {
  readonly json: boolean;
  readonly settings: Settings;
  /** `stream period` of runs that were sealed before. */
  readonly kept: readonly string[];
  readonly english: Language;
}

/** What a run or a catch-up came to, and where to look. */
export function printDueResult(result: DueResult, context: ResultContext): void {
  if (context.json) {
    printJson(jsonResult(result, context));
    return;
  }
  if (result.left > 0) {
    note(
      `${result.left === 1 ? '1 more run is' : `${String(result.left)} more runs are`} due, for the next \`tallyman due\`.`,
    );
  }
  for (const stream of result.abandoned) {
    note(
      `${stream}: it was begun, and no report makes it any more. Restore its report or scope; one that is to end keeps its file and says \`ends:\` with its last date.`,
    );
  }
  for (const kept of context.kept) print(`${kept}: sealed already; nothing was done.`);
  if (result.sealed.length === 0) {
    if (context.kept.length === 0 && result.failed.length === 0) {
      print('Nothing is due: every period up to now is sealed.');
    }
    printMail(result);
    return;
  }
  print();
  printTable(
    ['report', 'runs', 'could not tell', 'need a reviewer', 'as expected', 'worst finding'],
    streamRows(result, context.english),
  );
  print();
  printMail(result);
  printWhereToLook(result, context.settings);
}

function askedAgainLine(stream: string, result: AskAgainResult): string {
  if (result.status === 'left') return `${stream}: a closed period is to be asked again later.`;
  if (result.status === 'made-up') {
    return `${stream}: a gap was caught up as entry ${String(result.entry.sequence)}.`;
  }
  const { period, after, result: came } = result.asked;
  const entry = result.entry === undefined ? '' : `, entry ${String(result.entry.sequence)}`;
  return `${period.id.padEnd(10)}  ${stream}  asked again after ${counted(after, 'day')}: ${ASKED_AGAIN_TEXT[came]}${entry}`;
}

function sealedLine(report: Report, sequence: number): string {
  const findings = SEVERITIES.flatMap((severity) => {
    const count = report.findingCounts[severity];
    return count === 0 ? [] : [`${String(count)} ${severity}`];
  });
  const doubts = report.auditCounts.error;
  const parts = [
    findings.length === 0 ? 'no findings' : findings.join(', '),
    ...(doubts === 0 ? [] : [`${String(doubts)} could not tell`]),
    ...(report.coverage.complete ? [] : ['logs incomplete']),
  ];
  return `${report.period.id.padEnd(10)}  ${report.stream}  entry ${String(sequence)}  ${OUTCOME_TEXT[report.outcome]}: ${parts.join('; ')}`;
}

function streamRows(result: DueResult, english: Language): string[][] {
  const streams = [...new Set(result.sealed.map(({ report }) => report.stream))].sort();
  return streams.map((stream) => {
    const reports = result.sealed.map(({ report }) => report).filter((r) => r.stream === stream);
    const count = (...outcomes: Report['outcome'][]): string =>
      String(reports.filter((report) => outcomes.includes(report.outcome)).length);
    const worst = reports.flatMap((report) => report.findings).sort(worstFirst)[0];
    return [
      stream,
      String(reports.length),
      count('error'),
      count('fail'),
      count('pass', 'info'),
      worst === undefined ? 'none' : `${worst.severity}: ${findingText(worst, reports, english)}`,
    ];
  });
}

/** The audit’s name where its sentence is in another language. */
function findingText(
  { audit, text }: Report['findings'][number],
  reports: readonly Report[],
  english: Language,
): string {
  return reports.every(({ language }) => language === 'en')
    ? shortNames(say(text, english))
    : audit;
}

function worstFirst(a: Report['findings'][number], b: Report['findings'][number]): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
}

function printMail(result: DueResult): void {
  const { accepted, failed, waiting } = result.mail;
  if (accepted.length > 0) print(`Mail: ${String(accepted.length)} sent.`);
  for (const item of [...failed, ...waiting]) {
    const fate = item.status === 'failed' ? 'failed for good' : 'not sent yet';
    note(`Mail to ${visible(item.to)} ${fate}: ${visible(item.detail)}`);
  }
}

function printWhereToLook(result: DueResult, settings: Settings): void {
  const newest = result.sealed.at(-1)?.report;
  if (newest === undefined) return;
  const { archive, mail } = settings;
  const place = archive.kind === 'folder' ? archive.path : archive.url;
  const daily = result.sealed.findLast(({ report }) => report.period.kind === 'day')?.report;
  const shown = daily ?? newest;
  print('Look at:');
  print(`  ${fileIn(archive, shown.stream, 'runs', shown.runId, 'report.html')}`);
  if (mail.kind === 'eml') print(`  ${mail.folder} (mails)`);
  print('Try next:');
  print(`  npx tallyman verify ${place}`);
  print(`  npx tallyman serve --archive ${place}`);
  if (settings.logs.kind === 'log-archive' && settings.logs.place.kind === 'folder') {
    print(
      `  npx tallyman query 'ContainerRegistryRepositoryEvents | summarize count() by OperationName' --logs ${settings.logs.place.path}`,
    );
  }
}

/** Where a file of an archive is, as one opens it. */
function fileIn(archive: Place, ...names: readonly string[]): string {
  return archive.kind === 'folder'
    ? join(archive.path, ...names)
    : [archive.url, ...names].join('/');
}

function jsonResult(result: DueResult, context: ResultContext): unknown {
  return {
    sealed: result.sealed.map(({ report, sequence }) => ({
      stream: report.stream,
      period: report.period.id,
      sequence,
      outcome: report.outcome,
      verdict: say(report.verdict, context.english),
      audits: report.auditCounts,
      findings: report.findingCounts,
    })),
    alreadySealed: context.kept,
    askedAgain: result.askedAgain.flatMap((one) =>
      one.status === 'asked'
        ? [{ stream: one.stream, period: one.asked.period.id, result: one.asked.result }]
        : [],
    ),
    left: result.left,
    failed: result.failed.map(({ stream, period, error }) => ({
      stream,
      period,
      message: error instanceof Error ? error.message : String(error),
    })),
    abandoned: result.abandoned,
    mail: {
      accepted: result.mail.accepted.length,
      failed: result.mail.failed.length,
      waiting: result.mail.waiting.length,
    },
  };
}
