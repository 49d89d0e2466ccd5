import type { ReportDefinition } from '../../src/core/definitions';
import { stableJson } from '../../src/core/digest';
import { TallymanError } from '../../src/core/errors';
import {
  definitionDigest,
  parseDefinition,
  snapshotDefinition,
} from '../../src/catalog/definition-digest';
import { loadCatalog } from '../../src/catalog/load-catalog';
import { removeCatalogs, writeCatalog } from './small-catalog';

afterAll(removeCatalogs);

async function smallReport(): Promise<ReportDefinition> {
  const [report] = (await loadCatalog(await writeCatalog())).reports;
  if (report === undefined) throw new Error('no report');
  return report;
}

test('the digest of a definition is fixed', async () => {
  expect(definitionDigest(await smallReport(), 'views')).toMatchInlineSnapshot(
    `"b2cb470253ad282a5f8331316dc78b8f49cefb6b2ab79f4c535f281c419a57d1"`,
  );
});

test.each<[string, (report: ReportDefinition) => ReportDefinition]>([
  ['its title', (report) => ({ ...report, title: 'Other' })],
  ['a waiver', (report) => ({ ...report, waivers: [] })],
  [
    "an audit's query",
    (report) => ({
      ...report,
      audits: report.audits.map((audit) => ({ ...audit, query: `${audit.query} ` })),
    }),
  ],
  [
    "a control's title",
    (report) => ({
      ...report,
      audits: report.audits.map((audit) => ({
        ...audit,
        controls: audit.controls.map((control) => ({ ...control, title: 'Other' })),
      })),
    }),
  ],
])('another digest comes of changing %s', async (_, change) => {
  const report = await smallReport();
  expect(definitionDigest(change(report), 'views')).not.toBe(definitionDigest(report, 'views'));
});

test('another digest comes of other views', async () => {
  const report = await smallReport();
  expect(definitionDigest(report, 'a')).not.toBe(definitionDigest(report, 'b'));
});

test('a kept definition is read back as it was', async () => {
  const report = await smallReport();
  const json: unknown = JSON.parse(stableJson(snapshotDefinition(report)));
  expect(parseDefinition(json)).toEqual(report);
  expect(definitionDigest(parseDefinition(json), 'v')).toBe(definitionDigest(report, 'v'));
});

test.each<[unknown]>([[null], [{}], [{ schema: 'tallyman/definition/2', report: {} }]])(
  'what is not a kept definition is refused: %j',
  (json) => {
    expect(() => parseDefinition(json)).toThrow(TallymanError);
  },
);
