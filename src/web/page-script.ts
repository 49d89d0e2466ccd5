import { createHash } from 'node:crypto';
import { BROWSER_SCRIPT } from './browser-script';
import { Markup } from './markup';

/** The script of the pages that check an archive in the browser, for the end of a body. */
export const PAGE_SCRIPT = new Markup(`<script>${BROWSER_SCRIPT}</script>`);

/** For a Content-Security-Policy: that script and no other. */
export const PAGE_SCRIPT_SOURCE = `'sha256-${createHash('sha256').update(BROWSER_SCRIPT).digest('base64')}'`;
