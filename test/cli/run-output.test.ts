import { ProgressLine } from '../../src/cli/progress';
import { exitCodeOf, printDueResult, showProgress } from '../../src/cli/run-output';
import type { AskAgainResult } from '../../src/run/ask-again-result';
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

/** What is printed meanwhile. */
function printed(work: () => void): string {
  const lines: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  work();
  write.mockRestore();
  return lines.join('');
}

describe('periods that were asked again', () => {
  const result = {
    status: 'asked',
    asked: { period: sampleReport().period, after: 1, result: 'lost' },
  } as unknown as AskAgainResult;

  it('are told in a line', () => {
    const event = { kind: 'asked-again', stream: 'daily.all', result } as const;
    expect(
      printed(() => {
        showProgress(new ProgressLine(), event, false);
      }),
    ).toContain('asked again after 1 day: logs are gone or altered');
  });

  it('are in the JSON whose exit code they give', () => {
    const due = {
      ...{ sealed: [], left: 3, failed: [], abandoned: [] },
      askedAgain: [{ stream: 'daily.all', ...result }],
      mail: { accepted: [], failed: [], waiting: [] },
    };
    const json = printed(() => {
      printDueResult(due, { json: true, settings: {} as Settings, kept: [], english: ENGLISH });
    });
    expect(exitCodeOf(due)).toBe(1);
    expect(JSON.parse(json)).toMatchObject({
      left: 3,
      askedAgain: [{ stream: 'daily.all', period: sampleReport().period.id, result: 'lost' }],
    });
  });
});

it('names Azure’s resources as people do', () => {
  const report = sampleReport();
  const [finding] = report.findings;
  if (finding === undefined) throw new TypeError('no finding');
  const id =
    '/subscriptions/12345678-1234-1234-1234-123456789012/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r1';
  const long = { ...finding, severity: 'critical' as const, text: `Deleted: ${id}.` };
  const due = {
    ...{ sealed: [{ report: { ...report, findings: [long] }, sequence: 2 }], askedAgain: [] },
    ...{ left: 0, failed: [], abandoned: [] },
    mail: { accepted: [], failed: [], waiting: [] },
  };
  const settings = { archive: { kind: 'folder', path: 'a' }, mail: { kind: 'none' } };
  const text = printed(() => {
    printDueResult(due, {
      ...{ json: false, kept: [], english: ENGLISH },
      settings: { ...settings, logs: { kind: 'log-analytics' } } as unknown as Settings,
    });
  });
  expect(text).toContain('critical: Deleted: registries/r1');
  expect(text).not.toContain('/subscriptions/');
});
