import { DateTime } from 'luxon';
import { periodLabel } from '../render/spans';
import type { Markup } from './markup';
import { html } from './markup';
import type { Slot } from './timeline';

const WEEKDAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'] as const;

const LEGEND = [
  { style: 'pass', word: 'as expected' },
  { style: 'info', word: 'for information' },
  { style: 'fail', word: 'needs a reviewer' },
  { style: 'error', word: 'could not tell' },
  { style: 'gap', word: 'no report, recorded why' },
  { style: 'missing', word: 'missing' },
  { style: 'pass made-up', word: 'dot: made late' },
  { style: 'fail accepted', word: 'tick: a reviewer accepted it' },
] as const;

/** Where a day leads to; undefined when there is nothing. */
type HrefOf = (slot: Slot) => string | undefined;

/** The days of one stream as months, every sealed day a link. The table beside it says the same in words. */
export function calendarMarkup(hrefOf: HrefOf, slots: readonly Slot[]): Markup {
  const months = new Map<string, Slot[]>();
  for (const slot of slots) {
    const month = slot.period.id.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), slot]);
  }
  const tables = [...months].map(([month, days]) => monthMarkup(hrefOf, month, days));
  const legend = LEGEND.map(
    ({ style, word }) =>
      html`<li><span class="cell ${style}" aria-hidden="true"></span>${word}</li>`,
  );
  return html`<h2>Calendar</h2>
    <div class="months">${tables}</div>
    <ul class="legend">
      ${legend}
    </ul>`;
}

function monthMarkup(hrefOf: HrefOf, month: string, days: readonly Slot[]): Markup {
  const first = DateTime.fromISO(`${month}-01`, { zone: 'utc' });
  const name = first.toFormat('LLLL yyyy', { locale: 'en' });
  const byDay = new Map(days.map((slot) => [Number(slot.period.id.slice(8)), slot]));
  const blanks = Array.from({ length: first.weekday - 1 }, () => html`<td></td>`);
  const cells = Array.from({ length: first.daysInMonth ?? 0 }, (_, index) =>
    dayMarkup(hrefOf, index + 1, byDay.get(index + 1)),
  );
  const all = [...blanks, ...cells];
  const rows = Array.from(
    { length: Math.ceil(all.length / 7) },
    (_, week) =>
      html`<tr>
        ${all.slice(week * 7, week * 7 + 7)}
      </tr>`,
  );
  const head = WEEKDAYS.map((day) => html`<th scope="col">${day}</th>`);
  return html`<div class="month">
    <h3>${name}</h3>
    <table aria-label="${name}">
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function dayMarkup(hrefOf: HrefOf, day: number, slot: Slot | undefined): Markup {
  if (slot === undefined) return html`<td><span class="none">${day}</span></td>`;
  const { period, state, word, madeUp, reviews } = slot;
  const href = hrefOf(slot);
  const decision = reviews.at(-1)?.predicate.decision;
  const reviewed = decision === undefined ? '' : `, ${decision} by a reviewer`;
  const label = `${periodLabel(period, 'en')}: ${word}${madeUp ? ', made late' : ''}${reviewed}`;
  const marks = `${madeUp ? ' made-up' : ''}${decision === 'accepted' ? ' accepted' : ''}`;
  const style = `cell ${state}${marks}`;
  if (href === undefined) {
    return html`<td><span class="${style}" role="img" aria-label="${label}">${day}</span></td>`;
  }
  return html`<td>
    <a class="${style}" href="${href}" aria-label="${label}" title="${label}">${day}</a>
  </td>`;
}
