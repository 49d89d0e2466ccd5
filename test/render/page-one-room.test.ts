import { renderHtml } from '../../src/render/html';
import { renderPdf } from '../../src/render/pdf';
import type { Views } from '../../src/render/views';
import { readView } from '../../src/render/vocabulary';
import { LANGUAGES, shippedViews } from '../support/languages';
import { readPdf } from '../support/pdf-text';
import {
  auditResult,
  brandedReport,
  hostileReport,
  reportOf,
  sampleReport,
  tableOf,
} from '../support/reports';
import { weeklyReport } from '../support/weekly-report';

/** Points from the bottom that the footer takes. */
const FOOTER = 54;

/** What a row of the table takes at most here, with the notice that it would make needless. */
const ROW = 85;

let views: Views;

beforeAll(async () => {
  views = await shippedViews();
});

it.each([
  ['daily', sampleReport(), 'en'],
  ['weekly', weeklyReport(), 'ko'],
  ['branded', brandedReport(), 'en'],
] as const)(
  'fills page one of a %s report with findings, and never two pages',
  async (...given) => {
    const [, before, language] = given;
    const { period } = before;
    const table = tableOf(
      ['Identity', 'Repository', 'CallerIpAddress'],
      [['44620627-63a3-4f46-bd8f-b34e6d302f5e', 'payments/api', '203.0.113.18']],
    );
    const kinds = Array.from({ length: 8 }, (_, index) =>
      auditResult(
        {
          id: `kind-${String(index)}`,
          title: 'Service principals used from new addresses',
          table,
          finding: ({ Identity, Repository, CallerIpAddress }) =>
            `${String(Identity)} pulled ${String(Repository)} from the new address ${String(CallerIpAddress)}.`,
        },
        period,
      ),
    );
    const { findings, findingCounts, auditCounts } = reportOf(kinds, { period });
    const report = { ...before, audits: kinds, findings, findingCounts, auditCounts, language };
    const bytes = await renderPdf(readView(renderHtml(report, views)), {
      language: LANGUAGES[language],
      title: 't',
      created: report.startedAt,
    });
    const { pages } = readPdf(bytes);
    const [first = [], second = []] = pages;
    expect(second[0]?.text).toMatch(/^(Contents|목차)$/);
    const lowest = Math.min(...first.map(({ y }) => y).filter((y) => y > FOOTER));
    expect(lowest).toBeLessThan(FOOTER + ROW);
  },
);

it.each(['en', 'ko'] as const)(
  'keeps page one of hostile logs one page, in %s',
  async (language) => {
    const report = { ...hostileReport(), language };
    const bytes = await renderPdf(readView(renderHtml(report, views)), {
      language: LANGUAGES[language],
      title: 't',
      created: report.startedAt,
    });
    const [, second = []] = readPdf(bytes).pages;
    expect(second[0]?.text).toMatch(/^(Contents|목차)$/);
  },
);
