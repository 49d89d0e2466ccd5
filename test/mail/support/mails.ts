import { sha256 } from '../../../src/core/digest';
import type { Mail } from '../../../src/core/mail';

/** A mail with everything in it; `change` replaces parts. */
export function sampleMail(change: Partial<Mail> = {}): Mail {
  return {
    key: sha256('sample mail'),
    from: 'Tallyman <tallyman@contoso.example>',
    to: 'officer@contoso.example',
    subject: 'Registry audit, Sat 21 Nov: 2 findings, 감사 보고서 [daily / all]',
    text: 'Two findings need a reviewer.\n한국어 ✓\n.\nA line after a lone dot.',
    html: '<p>Two findings <b>need</b> a reviewer. 한국어 ✓</p>',
    date: '2026-11-21T22:00:00.000Z',
    attachments: [
      {
        name: 'report-2026-11-21.pdf',
        contentType: 'application/pdf',
        content: Buffer.from('%PDF-1.7\r\n\0\xff not really a report', 'latin1'),
      },
    ],
    ...change,
  };
}
