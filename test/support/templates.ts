import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const shipped = join(__dirname, '../../templates');

/** A copy of the shipped templates whose only report is `daily`, with these audits. */
export function copyTemplates(folder: string, audits: readonly string[]): string {
  cpSync(shipped, folder, { recursive: true });
  rmSync(join(folder, 'reports'), { recursive: true });
  mkdirSync(join(folder, 'reports'));
  writeFileSync(
    join(folder, 'reports/daily.yaml'),
    `title: Registry audit
period: day
timeZone: Asia/Seoul
deliverAt: "07:00"
settle: 6
scopes:
  - { id: all, registries: all }
recipients: [compliance@example.com]
audits: [${audits.join(', ')}]
waivers: []
`,
  );
  return folder;
}
