// Asks the workspace of server.mjs through the real SDK and keeps the answer as a run does. Arguments: port, folder, rows.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const { createLogAnalytics } = require('../../dist/logs/log-analytics.js');
const { encodeEvidence } = require('../../dist/run/evidence.js');
const { renderCsv } = require('../../dist/render/csv.js');

const [port, folder, rows] = process.argv.slice(2);
const window = { start: '2026-03-09T00:00:00.000Z', end: '2026-03-10T00:00:00.000Z' };
const toPort = {
  name: 'toPort',
  sendRequest: (request, next) => {
    request.url = request.url.replace(/^https:\/\/[^/]+/, `http://127.0.0.1:${port}`);
    request.allowInsecureConnection = true;
    return next(request);
  },
};
const source = createLogAnalytics({
  workspaces: ['00000000-0000-0000-0000-0000000000aa'],
  credential: {
    getToken: () => Promise.resolve({ token: 'x', expiresOnTimestamp: Date.now() + 3_600_000 }),
  },
  endpoint: 'https://workspace.invalid/v1',
  clientOptions: { additionalPolicies: [{ policy: toPort, position: 'perRetry' }] },
  now: () => new Date().toISOString(),
  random: Math.random,
});
const session = await source.open({
  scope: { id: 'all', registries: 'all' },
  window,
  tables: ['ContainerRegistryRepositoryEvents'],
});
const kql =
  'ContainerRegistryRepositoryEvents\n| project TimeGenerated, Identity, Repository, CallerIpAddress\n| order by TimeGenerated asc';
const answer = await session.query(kql);
if (answer.status !== 'complete') throw new Error(`${answer.status}: ${answer.reason}`);
if (answer.table.rows.length !== Number(rows))
  throw new Error(`${answer.table.rows.length} rows came`);
writeFileSync(join(folder, 'answer.json'), encodeEvidence({ id: 'bench', kql, window }, answer));
writeFileSync(join(folder, 'answer.csv'), renderCsv(answer.table));
await session.close();
process.exit(0);
