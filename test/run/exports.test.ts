import readSpreadsheet from 'read-excel-file/node';
import { bytesOf } from '../../src/core/pieces';
import { renderExports } from '../../src/run/exports';
import { LANGUAGES } from '../support/languages';
import { sampleReport } from '../support/reports';

/** The workbook's first sheet: its rows by the audit's title. */
async function outcomesOf(
  language: 'en' | 'ko',
  complete: boolean,
): Promise<Map<unknown, unknown[]>> {
  const report = sampleReport();
  const coverage = { ...report.coverage, complete };
  const [workbook] = await renderExports(
    { ...report, coverage, exports: ['xlsx'] },
    LANGUAGES[language],
  );
  const [contents] = await readSpreadsheet(Buffer.from(bytesOf(workbook!.content)));
  return new Map(
    contents!.data.slice(1).map(([, audit, outcome, , answer]) => [audit, [outcome, answer]]),
  );
}

it('names outcomes in the workbook as the page does, also where logs are missing', async () => {
  const { title } = sampleReport().audits.find(({ outcome }) => outcome === 'pass')!;
  const told = [
    (await outcomesOf('en', false)).get(title),
    (await outcomesOf('en', true)).get(title),
    (await outcomesOf('ko', false)).get(title),
  ];
  expect(told).toEqual([
    ['as expected where covered', 'complete'],
    ['as expected', 'complete'],
    ['수집 범위에서 예상과 일치', '전체'],
  ]);
});
