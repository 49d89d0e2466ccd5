// Definitions with one stream for each of many registries.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SHIPPED = fileURLToPath(new URL('../../templates', import.meta.url));
const PARTS = ['archive', 'controls', 'languages', 'views', 'audits/authentication-failures'];

/** `registry000` and so on. */
export function registryNames(count) {
  return Array.from({ length: count }, (_, i) => `registry${String(i).padStart(3, '0')}`);
}

/** A templates folder with a daily report of one audit over each registry. */
export function writeTemplates(folder, registries) {
  for (const part of PARTS) cpSync(join(SHIPPED, part), join(folder, part), { recursive: true });
  mkdirSync(join(folder, 'reports'));
  const scopes = registries.map((name) => `  - { id: ${name}, registries: [${name}] }`).join('\n');
  writeFileSync(
    join(folder, 'reports/daily.yaml'),
    `title: Many registries\nperiod: day\ntimeZone: UTC\ndeliverAt: '00:00'\nsettle: 0\nscopes:\n${scopes}\nrecipients: []\naudits: [authentication-failures]\nwaivers: []\n`,
  );
}
