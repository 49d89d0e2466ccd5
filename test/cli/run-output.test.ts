import { printDueResult } from '../../src/cli/run-output';
import type { Settings } from '../../src/settings';
import { ENGLISH } from '../support/languages';
import { sampleReport } from '../support/reports';

it.each([
  [{ kind: 'folder', path: 'my/archive' }, 'my/archive'],
  [
    { kind: 'blob', url: 'https://account.blob.core.windows.net/evidence' },
    'https://account.blob.core.windows.net/evidence',
  ],
] as const)('tells where the newest report is, in a folder or a container', (archive, place) => {
  const report = sampleReport();
  const settings = { archive, mail: { kind: 'none' }, logs: { kind: 'log-analytics' } };
  const lines: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  const result = {
    ...{ sealed: [{ report, sequence: 2 }], askedAgain: [], left: 0, failed: [], abandoned: [] },
    mail: { accepted: [], failed: [], waiting: [] },
  };
  printDueResult(result, {
    ...{ json: false, kept: [], english: ENGLISH },
    settings: settings as unknown as Settings,
  });
  write.mockRestore();
  expect(lines.join('')).toContain(
    `  ${place}/${report.stream}/runs/${report.runId}/report.html\n`,
  );
});
