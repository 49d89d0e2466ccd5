import type { AuditDefinition } from '../core/definitions';
import type { Instant } from '../core/period';
import type { Finding } from '../core/report';
import { formatCount } from './format';
import type { RenderedMail } from './mail';
import { visible } from './visible';

/** Findings that the mail spells out. */
const SHOWN = 20;

/** A mail that does not wait for the report. It names the audit in its subject and nothing that comes from a log. */
export function renderImmediateMail(
  findings: readonly Finding[],
  audits: readonly AuditDefinition[],
  now: Instant,
): RenderedMail {
  const titles = audits
    .filter(({ id }) => findings.some(({ audit }) => audit === id))
    .map(({ title }) => visible(title, 120));
  const subject = `At once: ${formatCount(findings.length, 'finding')} (${titles.join('; ')})`;
  const lines = findings
    .slice(0, SHOWN)
    .map(({ severity, text }) => `${severity}: ${visible(text, 400)}`);
  const more = findings.length - lines.length;
  const closing = [
    ...(more > 0 ? [`and ${formatCount(more, 'more finding')}.`] : []),
    `Seen in records that were received by ${now}. This mail is no evidence: the next report is, and has these findings again.`,
  ];
  const paragraphs = [...lines, ...closing].map((line) => `<p>${escaped(line)}</p>`);
  return {
    subject,
    text: `${[...lines, '', ...closing].join('\n')}\n`,
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head><body>${paragraphs.join('')}</body></html>`,
  };
}

function escaped(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
