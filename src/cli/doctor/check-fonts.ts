import { fontPath, openFontStore } from '../../open-fonts';
import { largeFonts } from '../../render/pdf/font-files';
import type { Settings } from '../../settings';
import type { Check } from './check';

/** Whether the fonts that the app's package leaves out are where the app will look for them. */
export async function checkFonts({
  fonts,
  storageConnection,
}: Pick<Settings, 'fonts' | 'storageConnection'>): Promise<Check> {
  const name = 'Fonts';
  if (fonts === undefined) {
    return { name, status: 'off', text: 'TALLYMAN_FONTS is not set: only the app needs it.' };
  }
  const store = await openFontStore(fonts, storageConnection);
  const paths = new Set<string>();
  for await (const { path } of store.list('')) paths.add(path);
  const missing = largeFonts().filter((font) => !paths.has(fontPath(font)));
  if (missing.length === 0) {
    return {
      name,
      status: 'good',
      text: `${store.location} holds all that the package leaves out.`,
    };
  }
  return {
    name,
    status: 'bad',
    text: `${store.location} does not hold ${missing.map((font) => font.name).join(', ')}.`,
    remedy:
      fonts.kind === 'folder'
        ? `npm run bundle && cp -r dist-bundle-fonts/. ${fonts.path}`
        : `npm run bundle && node infra/upload-fonts.mjs dist-bundle-fonts ${fonts.url}`,
  };
}
