import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MOST_ATTEMPTS } from '../../src/functions/shared/queues';
import { parseSettings, SETTINGS } from '../../src/settings';
import { FunctionsHost } from '../support/functions-host';

const root = join(__dirname, '../..');
const folder = join(root, 'src/functions');
const entryPoints = readdirSync(folder).filter((name) => name.endsWith('.ts'));

function json(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, unknown>;
}

describe('the function app', () => {
  it('registers exactly these functions, without any setting', async () => {
    const host = await FunctionsHost.start(entryPoints.map((name) => join(folder, name)));
    await host.stop();
    const queue = { direction: 'in', type: 'queueTrigger', connection: 'AzureWebJobsStorage' };
    const toRuns = {
      direction: 'out',
      type: 'queue',
      queueName: 'tallyman-runs',
      connection: 'AzureWebJobsStorage',
    };
    const http = { direction: 'in', type: 'httpTrigger', authLevel: 'anonymous' };
    const answer = { direction: 'out', type: 'http' };
    const expected = {
      capture: [
        {
          direction: 'in',
          type: 'eventHubTrigger',
          eventHubName: '%CAPTURE_EVENT_HUB%',
          connection: 'CaptureEventHubs',
          cardinality: 'many',
        },
      ],
      plan: [{ direction: 'in', type: 'timerTrigger', schedule: '0 5 * * * *' }, toRuns],
      run: [{ ...queue, queueName: 'tallyman-runs' }, toRuns],
      'run-poison': [{ ...queue, queueName: 'tallyman-runs-poison' }],
      evidence: [{ ...http, route: 'evidence/{*path}', methods: ['GET', 'HEAD'] }, answer],
      review: [{ ...http, route: 'review', methods: ['POST'] }, answer],
      health: [{ ...http, methods: ['GET'] }, answer],
    };
    expect(Object.keys(host.functions).sort()).toEqual(Object.keys(expected).sort());
    expect(host.functions).toMatchObject(expected);
    expect(host.functions['plan']?.[0]).not.toHaveProperty('runOnStartup');
    expect(host.log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('loads nothing large before it is asked for something', () => {
    const program = `
      const Module = require('node:module');
      const load = Module._load;
      const core = { setProgrammingModel() {}, registerFunction() {}, log() {} };
      Module._load = (name, ...rest) => name === '@azure/functions-core' ? core : load(name, ...rest);
      for (const file of process.argv.slice(1)) require(file);
      console.log(JSON.stringify(Object.keys(require.cache)));`;
    const output = execFileSync(
      process.execPath,
      [
        ...['--require', join(root, 'test/support/register-typescript.cjs'), '--eval', program],
        ...entryPoints.map((name) => join(folder, name)),
      ],
      { encoding: 'utf8' },
    );
    const loaded = JSON.parse(output) as string[];
    const sources = loaded.filter((file) => file.startsWith(join(root, 'src')));
    const outside = sources.filter((file) => !file.startsWith(folder));
    expect(outside.map((file) => file.slice(root.length)).sort()).toEqual([
      '/src/core/errors.ts',
      '/src/core/spans.ts',
    ]);
    const packages = loaded.flatMap(
      (file) => /node_modules\/((@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [],
    );
    const own = [...new Set(packages)].filter((name) => !name.startsWith('@swc/'));
    expect(own.sort()).toEqual(['@azure/functions', '@azure/functions-extensions-base', 'cookie']);
  });

  it('is found by the host: every file in the folder of entry points, and no other', () => {
    expect(json('package.json')['main']).toBe('dist/functions/*.js');
    for (const name of entryPoints) {
      const source = readFileSync(join(folder, name), 'utf8');
      const functionName = name.replace(/\.ts$/, '');
      expect(source).toMatch(new RegExp(`^app\\.\\w+\\('${functionName}',`, 'm'));
    }
  });
});

describe('host.json', () => {
  const { queues } = json('host.json')['extensions'] as { queues: Record<string, unknown> };

  it('gives a run as many attempts as the gap record says', () => {
    expect(queues['maxDequeueCount']).toBe(MOST_ATTEMPTS);
  });

  it('lets an instance make one run at a time, and waits between attempts', () => {
    expect(queues).toMatchObject({ batchSize: 1, newBatchThreshold: 0 });
    expect(queues['visibilityTimeout']).toBe('00:05:00');
  });
});

describe('local.settings.sample.json', () => {
  const values = json('local.settings.sample.json')['Values'] as Record<string, string>;
  const own = Object.fromEntries(
    Object.entries(values).filter(([name]) => name.startsWith('TALLYMAN_')),
  );

  it('holds every setting with the sample of the settings table, in its order', () => {
    const samples = Object.entries(SETTINGS).map(([name, { sample }]) => [name, sample]);
    expect(Object.entries(own)).toEqual(samples);
  });

  it('holds nothing else but what the local host needs', () => {
    const others = Object.keys(values).filter((name) => !(name in own));
    expect(others).toEqual([
      ...['AzureWebJobsStorage', 'FUNCTIONS_WORKER_RUNTIME'],
      // There is no event hub on this machine.
      'AzureWebJobs.capture.Disabled',
    ]);
  });

  it('can be used as it is', () => {
    expect(parseSettings(own)).toMatchObject({
      logs: { kind: 'log-archive' },
      mail: { kind: 'eml' },
      evidencePage: 'off',
    });
  });
});

it('a reviewers’ role that every reader has is refused', () => {
  const roles = {
    TALLYMAN_EVIDENCE_ROLE: 'Evidence.Read',
    TALLYMAN_REVIEWER_ROLE: 'Evidence.Read',
  };
  const sample = { TALLYMAN_LOG_ARCHIVE: 'logs', TALLYMAN_ARCHIVE: 'archive' };
  expect(() => parseSettings({ ...sample, ...roles })).toThrow(
    expect.objectContaining({
      problems: [expect.objectContaining({ where: 'TALLYMAN_REVIEWER_ROLE' })],
    }) as Error,
  );
});
