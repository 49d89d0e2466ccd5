import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from './core/language';
import type { Report } from './core/report';
import type { Maker } from './run/reperform';

const PACKAGE_ROOT = join(__dirname, '..');

/** The folder of definitions that ships with the program. */
export function shippedTemplates(): string {
  return join(PACKAGE_ROOT, 'templates');
}

/** What makes files of a sealed run again: this program, and the views of a templates folder. */
export async function openMaker(templates = shippedTemplates()): Promise<Maker> {
  const { loadLanguages } = await import('./catalog/load-languages.js');
  const { loadViews } = await import('./render/views.js');
  const { digestViews } = await import('./catalog/views-digest.js');
  // A folder without views ends with the problems that loading finds.
  return {
    views: await loadViews(join(templates, 'views'), await loadLanguages(templates)),
    viewsDigest: await digestViews(templates, []),
    software: software(),
  };
}

/** English as it is shipped, for what commands print. */
export async function openEnglish(): Promise<Language> {
  const { loadLanguages } = await import('./catalog/load-languages.js');
  return (await loadLanguages(shippedTemplates())).en;
}

/** This program, as reports name it. */
export function software(): Report['software'] {
  const { name, version } = JSON.parse(
    readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'),
  ) as { name: string; version: string };
  const commitFile = join(__dirname, 'commit.txt');
  const commit = existsSync(commitFile) ? readFileSync(commitFile, 'utf8').trim() : '';
  return { name, version, commit: commit === '' ? 'unknown' : commit };
}
