// Makes the run of one day from the workspace of server.mjs, asked through the real SDK. Arguments: a folder with
// templates, and the server's port. Leaves what the chain says of the run's only audit in the folder.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const { compose } = require('../../dist/compose.js');
const { parsePeriod } = require('../../dist/core/period.js');
const { createLogAnalytics } = require('../../dist/logs/log-analytics.js');
const { runReport } = require('../../dist/run/run-report.js');
const { streamsOf } = require('../../dist/run/streams.js');
const { parseSettings } = require('../../dist/settings.js');

const [folder, port] = process.argv.slice(2);
const settings = parseSettings({
  TALLYMAN_LOG_ARCHIVE: folder,
  TALLYMAN_ARCHIVE: join(folder, 'archive'),
  TALLYMAN_TEMPLATES: join(folder, 'templates'),
  TALLYMAN_SCRATCH: folder,
  TALLYMAN_MAIL: 'none',
});
const { parts, close } = await compose(settings, { now: () => '2026-03-10T08:00:00.000Z' });
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
const [definition] = streamsOf(parts.catalog);
const period = parsePeriod('day', 'UTC', '2026-03-09');
const result = await runReport({ ...parts, source }, definition, period, 'manual');
const { audits } = result.entry.manifest.predicate;
const digest = result.report.audits[0].execution.answerSha256;
writeFileSync(join(folder, 'sealed.json'), JSON.stringify({ ...audits[0], digest }));
await close();
process.exit(0);
