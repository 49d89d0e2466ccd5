import type { RunPredicate } from '../archive/manifest';
import { OUTCOMES } from '../core/outcome';
import { formatNumber } from '../core/language';
import { answerText, auditBadge } from './words';
import type { Markup } from './markup';
import { html } from './markup';
import type { SealedSummary } from './sealed-summary';

/** Every audit of a run, worst first: outcome and answer from the signed manifest, words from the sealed summary. */
export function summaryMarkup(predicate: RunPredicate, summary: SealedSummary | undefined): Markup {
  const told = new Map(summary?.audits.map((audit) => [audit.id, audit]));
  const worstFirst = [...predicate.audits].sort(
    (a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome),
  );
  const rows = worstFirst.map(({ id, outcome, rows: count, answer }) => {
    const badge = auditBadge(outcome, summary?.coverage.complete ?? true);
    const { title, reason } = told.get(id) ?? { title: id, reason: '' };
    return html`<tr>
      <td class="nowrap"><span class="badge ${badge.style}">${badge.word}</span></td>
      <th scope="row">${title} <span class="muted">${reason}</span></th>
      <td class="number" data-name="Rows">${formatNumber(count)}</td>
      <td data-name="Answer">${answerText(answer)}</td>
    </tr>`;
  });
  return html`<h2>Audits</h2>
    <div class="scroll" role="region" aria-label="Audits" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Outcome</th>
            <th scope="col">Audit, and why</th>
            <th scope="col" class="number">Rows</th>
            <th scope="col">Answer</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
}
