// Templates of one report that lists every repository event of a day.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function writeTemplates(shipped, folder) {
  for (const part of ['actors.yaml', 'archive', 'controls', 'languages', 'views']) {
    cpSync(join(shipped, part), join(folder, part), { recursive: true });
  }
  const audit = join(folder, 'audits/everything');
  mkdirSync(audit, { recursive: true });
  mkdirSync(join(folder, 'reports'));
  writeFileSync(
    join(audit, 'audit.yaml'),
    `title: Everything
purpose: As many rows as there are.
tables: [ContainerRegistryRepositoryEvents]
expect: any
severity: info
columns: { TimeGenerated: datetime, Identity: string, Repository: string, CallerIpAddress: string }
controls: [soc2-2017/CC7.2]
finding: '{{Identity}} used {{Repository}}.'
remediation: None.
`,
  );
  writeFileSync(
    join(audit, 'query.kql'),
    `ContainerRegistryRepositoryEvents
| where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd
| project TimeGenerated, Identity, Repository, CallerIpAddress
| order by TimeGenerated asc
`,
  );
  writeFileSync(
    join(folder, 'reports/daily.yaml'),
    `title: Everything
period: day
timeZone: UTC
deliverAt: '07:00'
settle: 6
scopes:
  - { id: all, registries: [contoso] }
recipients: []
audits: [everything]
waivers: []
`,
  );
}
