import type { Discrepancy, Note } from '../../../archive/discrepancies';
import type { StreamSummary } from '../../../archive/verify-summary';
import type { CheckResult } from '../check-archive';
import { make } from './elements';

/** The style of a result, and what stands before its verdict where that alone would say too much. */
const STATUS = {
  whole: { style: 'pass', title: 'Everything is as it was sealed' },
  open: { style: 'warn', title: 'Nothing is wrong, as far as could be told' },
  wrong: { style: 'fail', title: 'Do not rely on this archive' },
} as const;

/** More lines than this say nothing more. */
const MOST_LINES = 200;

/** A result as a notice, worst first. */
export function resultNotice(result: CheckResult): HTMLElement {
  const { style, title } = STATUS[result.status];
  const notice = noticeOf(style, title, result.verdict);
  notice.append(
    ...listOf('What is wrong', result.discrepancies),
    ...listOf('To know', result.notes),
    ...result.streams.map(streamFacts),
    make('h3', 'Not checked'),
    make('ul', ...result.notChecked.map((sentence) => make('li', sentence))),
  );
  return notice;
}

/** That it could not be told, and why. */
export function troubleNotice(title: string, message: string): HTMLElement {
  return noticeOf('error', title, message);
}

function noticeOf(style: string, title: string, text: string): HTMLElement {
  const lead = make('p', title);
  lead.className = 'lead';
  const notice = make('div', lead, make('p', text));
  notice.className = `notice verdict ${style}`;
  return notice;
}

function listOf(title: string, lines: readonly (Discrepancy | Note)[]): HTMLElement[] {
  if (lines.length === 0) return [];
  const items = lines
    .slice(0, MOST_LINES)
    .map(({ code, path, message }) =>
      make('li', make('code', code), ` ${message} `, make('code', path)),
    );
  const rest = lines.length - items.length;
  return [
    make('h3', title),
    make('ul', ...items, ...(rest > 0 ? [make('li', `And ${String(rest)} more.`)] : [])),
  ];
}

/** What to compare with a mail by eye. */
function streamFacts({ stream, entries, head, from, to }: StreamSummary): HTMLElement {
  const facts = [
    ['Entries', make('span', String(entries))],
    ['Periods', make('span', from === undefined ? 'none' : `${from} up to ${String(to)}`)],
    ['Head, sha256', make('code', head ?? 'none')],
  ] as const;
  const list = make(
    'dl',
    ...facts.flatMap(([name, value]) => [make('dt', name), make('dd', value)]),
  );
  list.className = 'facts';
  return make('div', make('h3', stream), list);
}
