import { parseDocument } from 'htmlparser2';
import { renderDigestMail, renderRunMail } from '../../src/render/mail';
import type { RunMailInput } from '../../src/render/mail';
import type { Views } from '../../src/render/views';
import { brandedReport, hostileReport, periodOf, sampleReport } from '../support/reports';
import { notAttachedText } from '../../src/render/words';
import { ENGLISH, shippedViews } from '../support/languages';

const HEAD = '7c1e'.padEnd(60, '0') + '09af';
let views: Views;

beforeAll(async () => {
  views = await shippedViews();
});

function input(changes: Partial<RunMailInput> = {}): RunMailInput {
  return {
    report: sampleReport(),
    sequence: 325,
    head: HEAD,
    reportUrl: 'https://evidence.example/daily/2026-11-21',
    archiveLocation: 'https://contoso.blob.core.windows.net/evidence',
    attachment: 'attached',
    ...changes,
  };
}

interface DomNode {
  readonly name?: string;
  readonly data?: string;
  readonly attribs?: Readonly<Record<string, string>>;
  readonly children?: readonly DomNode[];
}

function nodes(node: DomNode): DomNode[] {
  return [node, ...(node.children ?? []).flatMap(nodes)];
}

describe('renderRunMail', () => {
  it('says in the subject what came of it, from definitions and counts alone', () => {
    expect(renderRunMail(input(), views).subject).toBe(
      'Registry audit, Sat 21 Nov: 3 findings, 2 could not tell, logs incomplete [daily / contoso-fabrikam]',
    );
    const quiet = sampleReport();
    const none = {
      ...quiet,
      findings: [],
      auditCounts: { ...quiet.auditCounts, error: 0 },
      coverage: { ...quiet.coverage, complete: true },
    };
    expect(renderRunMail(input({ report: none }), views).subject).toContain(': no findings [');
    const blind = { ...none, coverage: { ...none.coverage, complete: false } };
    expect(renderRunMail(input({ report: blind }), views).subject).toContain(
      ': no findings, logs incomplete [',
    );
  });

  it('reads like this', () => {
    expect(renderRunMail(input(), views).text).toMatchSnapshot();
  });

  it('says how to sign a report off that waits for a reviewer, and nothing of that otherwise', () => {
    const report = sampleReport();
    const said = (outcome: typeof report.outcome): boolean[] => {
      const { text, html } = renderRunMail(input({ report: { ...report, outcome } }), views);
      return [text, html].map((form) => form.includes('with tallyman review and the digest below'));
    };
    expect([said('fail'), said('error')].flat()).toEqual([true, true, true, true]);
    expect([said('info'), said('pass')].flat()).toEqual([false, false, false, false]);
  });

  it('gives the head in full in both forms', () => {
    const mail = renderRunMail(input(), views);
    expect(mail.text).toContain(HEAD);
    expect(mail.html).toContain(HEAD);
  });

  it('stays under 8 KB with ten findings and names how many more there are', () => {
    const report = sampleReport();
    const findings = Array.from({ length: 200 }, () => report.findings[0]!);
    const mail = renderRunMail(input({ report: { ...report, findings } }), views);
    expect(Buffer.byteLength(mail.html)).toBeLessThan(8_192);
    expect(mail.text).toContain('and 192 more in the report.');
    expect(mail.text.match(/^- \[high\] /gm)).toHaveLength(8);
    expect(mail.text.match(/^- \[could not tell\] /gm)).toHaveLength(2);
  });

  it('stays under 8 KB when every finding is long and must be escaped, and the text has all ten', () => {
    const report = hostileReport();
    const findings = Array.from({ length: 50 }, () => ({
      ...report.findings[0]!,
      text: '<'.repeat(4_000),
    }));
    const mail = renderRunMail(input({ report: { ...sampleReport(), findings } }), views);
    expect(Buffer.byteLength(mail.html)).toBeLessThanOrEqual(8_192);
    expect(mail.html).toMatch(/and \d+ more in the report\./);
    expect(mail.html).toContain(HEAD);
    expect(mail.text.match(/^- \[high\] /gm)).toHaveLength(8);
  });

  it('lets a hostile log add no element, no link and no header line', () => {
    const report = hostileReport();
    const mail = renderRunMail(input({ report }), views);
    // eslint-disable-next-line no-control-regex -- none may be left
    expect(mail.subject).not.toMatch(/[\u0000-\u001F\u202E]/);
    const clean = nodes(parseDocument(renderRunMail(input(), views).html));
    const found = nodes(parseDocument(mail.html));
    const count = (list: DomNode[], name: string): number =>
      list.filter((node) => node.name === name).length;
    for (const name of ['script', 'img', 'a']) {
      expect(count(found, name)).toBe(count(clean, name));
    }
    const text = found.map((node) => node.data ?? '').join('');
    expect(text).toContain('<script>alert(1)</script>');
    expect(text).toContain('<U+202E>gnp.exe');
    expect(mail.text).toContain('<U+202E>gnp.exe');
  });

  it.each(['javascript:alert(1)', 'data://text', 'https://a"b', 'https://a b'])(
    'makes no link of %s, which is not an address of the web',
    (reportUrl) => {
      const mail = renderRunMail(input({ reportUrl }), views);
      expect(mail.html).not.toContain('href');
    },
  );

  it('wears the organisation’s name, classification and colour', () => {
    const { html, text } = renderRunMail(input({ report: brandedReport() }), views);
    expect(text).toMatch(/^Confidential · Contoso\n/);
    expect(html).toContain('<b>Confidential</b>');
    expect(html).toContain('.brand { color: #5b2a86; }');
    expect(html).toContain('.ink .brand { color: #c9a6f0 !important; }');
    expect(html).toMatch(/<h1 class="brand"/);
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(8_192);
    expect(renderRunMail(input(), views).html).not.toContain('Contoso</p>');
  });

  it('refuses a colour that is none, because nothing is escaped in a style sheet', () => {
    const colour = { light: 'red}</style>', dark: '#ffffff' };
    const report = { ...brandedReport(), branding: { colour } };
    expect(() => renderRunMail(input({ report }), views)).toThrow(RangeError);
  });

  it('says why the report is not attached', () => {
    const mail = renderRunMail(
      input({ attachment: notAttachedText(12_000_000, 5, ENGLISH) }),
      views,
    );
    expect(mail.text).toContain(
      'The PDF of 12.0 MB is not attached, because mails of this report carry at most 5 MB',
    );
  });
});

describe('renderDigestMail', () => {
  const days = ['2026-11-01', '2026-11-02', '2026-11-03'];

  it('tells of made-up runs and gaps in one mail, worst findings first', () => {
    const rows = days.map((day, index) => ({
      kind: 'run' as const,
      sequence: index + 2,
      manifestSha256: HEAD,
      report: sampleReport({ period: periodOf('day', day), madeUp: true }),
    }));
    const gap = {
      kind: 'gap' as const,
      sequence: 5,
      manifestSha256: HEAD,
      period: periodOf('day', '2026-11-04'),
      reason: 'The logs could not be read\u202E.',
    };
    const mail = renderDigestMail(
      {
        stream: 'daily.all',
        title: 'Registry audit',
        language: 'en',
        rows: [...rows, gap],
        sequence: 5,
        head: HEAD,
        archiveLocation: '/archive',
      },
      views,
    );
    expect(mail.subject).toBe(
      'Registry audit, 3 late reports: 1 gap recorded, 9 findings, 6 could not tell, logs incomplete in 3 reports [daily / all]',
    );
    expect(mail.text).toMatchSnapshot();
    expect(mail.html).toContain('logs could not be read&lt;U+202E&gt;');
  });

  it('keeps the worst entries where it is cut, and page and text leave out as many findings', () => {
    const rows = Array.from({ length: 40 }, (_, index) => {
      const report = sampleReport();
      const { findingCounts } = report;
      const isWorst = index === 3;
      return {
        kind: 'run' as const,
        sequence: index + 1,
        manifestSha256: HEAD,
        report: { ...report, findingCounts: { ...findingCounts, critical: isWorst ? 1 : 0 } },
      };
    });
    const { html, text } = renderDigestMail(
      {
        stream: 'daily.all',
        title: 'Registry audit',
        language: 'en',
        rows,
        sequence: 40,
        head: HEAD,
        archiveLocation: '/archive',
      },
      views,
    );
    expect(html).toMatch(/Showing the worst \d+ of 40 entries/);
    expect(html).toContain('<td align="right">4</td>');
    const more = /and (\d+) more in the reports/;
    expect(more.exec(html)?.[1]).toBe(more.exec(text)?.[1]);
  });
});
