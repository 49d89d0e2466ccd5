import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Branding } from '../core/definitions';
import type { Problem } from '../core/errors';
import { contrast, DARK_PAPER, LIGHT_PAPER } from './contrast';
import { imageOf } from './logo-image';
import type { ReportFile } from './schemas';
import type { YamlFile } from './yaml-file';

/** WCAG 2.2, 1.4.3: of text. */
const LEAST_CONTRAST = 4.5;

/** A logo is in every page and PDF. */
const LARGEST_LOGO_BYTES = 100_000;

/**
 * What a report wears, with its logo read from `<templates>/branding`; undefined when it says nothing of it.
 * One problem is added per mistake.
 */
export async function readBranding(
  value: ReportFile['branding'],
  templates: string,
  file: YamlFile,
  problems: Problem[],
): Promise<Branding | undefined> {
  if (value === undefined) return undefined;
  const { logo: name, ...words } = value;
  checkColours(value, file, problems);
  if (name === undefined) return words;
  const place = { where: file.where, ...file.placeOf(['branding', 'logo']) };
  const path = join(templates, 'branding', name);
  if (!existsSync(path)) {
    problems.push({
      ...place,
      message: `Expected a picture in templates/branding, came '${name}', which is not there.`,
      remedy: 'Put it there, or take logo away.',
    });
    return words;
  }
  const content = await readFile(path);
  const image = content.byteLength <= LARGEST_LOGO_BYTES ? imageOf(content) : undefined;
  if (image !== undefined)
    return { ...words, logo: { ...image, base64: content.toString('base64') } };
  problems.push({
    ...place,
    message: `Expected a PNG without transparency or interlacing, or a JPEG in RGB or grey, of at most ${LARGEST_LOGO_BYTES} bytes; '${name}' is not one.`,
    remedy: 'Save it again, on a white ground.',
  });
  return words;
}

function checkColours(
  value: NonNullable<ReportFile['branding']>,
  file: YamlFile,
  problems: Problem[],
): void {
  const grounds = [
    ['light', LIGHT_PAPER],
    ['dark', DARK_PAPER],
  ] as const;
  for (const [key, paper] of grounds) {
    const colour = value.colour?.[key];
    if (colour === undefined) continue;
    const ratio = contrast(colour, paper);
    if (ratio >= LEAST_CONTRAST) continue;
    problems.push({
      where: file.where,
      ...file.placeOf(['branding', 'colour', key]),
      message: `Expected a contrast of at least ${LEAST_CONTRAST} on ${paper}, came ${colour} with ${ratio.toFixed(2)}.`,
      remedy: `Choose a ${key === 'light' ? 'darker' : 'lighter'} colour: headings are written in it.`,
    });
  }
}
