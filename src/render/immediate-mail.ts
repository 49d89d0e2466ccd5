import type { AuditDefinition } from '../core/definitions';
import type { Language, Text } from '../core/language';
import { phrase, say } from '../core/language';
import type { Instant } from '../core/period';
import type { Finding } from '../core/report';
import type { RenderedMail } from './mail';
import { visible } from './visible';

/** Findings that the mail spells out. */
const SHOWN = 20;

/** A mail that does not wait for the report. It names the audit in its subject and nothing that comes from a log. */
export function renderImmediateMail(
  findings: readonly Finding[],
  audits: readonly AuditDefinition[],
  now: Instant,
  language: Language,
): RenderedMail {
  const told = (text: Text): string => say(text, language);
  const titles = audits
    .filter(({ id }) => findings.some(({ audit }) => audit === id))
    .map(({ title }) => visible(title, 120));
  const subject = told(
    phrase('atOnce.subject', {
      findings: phrase('count.findings', { count: findings.length }),
      audits: { texts: titles, between: '; ' },
    }),
  );
  const lines = findings
    .slice(0, SHOWN)
    .map(
      ({ severity, text }) =>
        `${told(phrase(`severity.${severity}`))}: ${visible(told(text), 400)}`,
    );
  const more = findings.length - lines.length;
  const closing = [
    ...(more > 0 ? [told(phrase('atOnce.more', { count: more }))] : []),
    told(phrase('atOnce.noEvidence', { now })),
  ];
  const paragraphs = [...lines, ...closing].map((line) => `<p>${escaped(line)}</p>`);
  return {
    subject,
    text: `${[...lines, '', ...closing].join('\n')}\n`,
    html: `<!doctype html><html lang="${language.id}"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head><body>${paragraphs.join('')}</body></html>`,
  };
}

function escaped(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
