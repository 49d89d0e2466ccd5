import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const shipped = join(__dirname, '../../templates');

/**
 * A copy of the shipped templates with these audits only, and one report of them, `daily`. Audits that are not
 * shipped are the caller's to add.
 */
export function copyTemplates(folder: string, audits: readonly string[]): string {
  const known = audits
    .map((id) => `audits/${id}`)
    .filter((part) => existsSync(join(shipped, part)));
  for (const part of ['archive', 'controls', 'languages', 'views', ...known]) {
    cpSync(join(shipped, part), join(folder, part), { recursive: true });
  }
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
