import { figuresOf } from '../../src/assess/compare';
import { sha256 } from '../../src/core/digest';
import { bytesOf } from '../../src/core/pieces';
import { renderOutputs } from '../../src/run/outputs';
import { shippedViews } from '../support/languages';
import { pdfText, readPdf } from '../support/pdf-text';
import { sampleReport } from '../support/reports';

it('attaches every query, and each answer that has rows', async () => {
  const report = sampleReport();
  const figures = figuresOf(report.period.id, report.audits, report.coverage);
  const files = await renderOutputs(report, figures, await shippedViews());
  const contentOf = (path: string): Uint8Array =>
    bytesOf(files.find((file) => file.path === path)!.content);
  const content = readPdf(contentOf('report.pdf'));
  const answers = report.audits.filter(({ table }) => table.rows.length > 0);
  const queries = [...report.audits, ...report.otherQuestions];
  expect(answers.length).toBeLessThan(report.audits.length);
  expect(Object.keys(content.attachments as object).sort()).toEqual(
    [
      'findings.csv',
      'summary.json',
      ...answers.map(({ id }) => `${id}.csv`),
      ...queries.map(({ execution }) => execution.queryFile.replace('evidence/', '')),
    ].sort(),
  );
  const text = pdfText(content);
  expect(text).toContain(`${String(queries.length)}queries,eachasID.kql`);
  // No name or digest is broken but in the middle.
  for (const { id } of answers) {
    expect(content.pages.flat().map((item) => item.text)).toContain(`${id}.csv`);
    const digest = sha256(contentOf(`evidence/${id}.csv`));
    expect(text).toContain(digest);
  }
});
