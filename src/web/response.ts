import { Readable } from 'node:stream';
import type { Reviewer } from '../archive/review-file';
import { bytesOf, type Pieces } from '../core/pieces';
import { html, Markup, NOTHING } from './markup';
import { PAGE_SCRIPT, PAGE_SCRIPT_SOURCE } from './page-script';
import { PAGE_STYLE, PAGE_STYLE_SOURCE } from './page-style';

/** What came in, whichever host took it. */
export interface EvidenceRequest {
  readonly method: string;
  /** As it came, percent-encoding included, without the query: `/evidence/daily.all`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Who asks, when they may sign reports off; undefined for those who may only look. */
  readonly reviewer?: Reviewer | undefined;
}

/** What goes out. */
export interface EvidenceResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Whether it is a file or a pack of the archive, and not only a page about it. */
  readonly isDownload: boolean;
}

/** On every response, whatever it holds. */
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const NOTHING_ALLOWED = "default-src 'none'; base-uri 'none'; form-action 'none'";

/** A form goes to this site alone. */
const FORM_ALLOWED = "default-src 'none'; base-uri 'none'; form-action 'self'";

/**
 * For a page with a form. Without a referrer a browser would send `Origin: null` with it, and App Service
 * authentication refuses a browser's POST that does not say where it comes from.
 */
const FORM_HEADERS = { 'referrer-policy': 'same-origin' };

/** One piece, because the policy's digest is of exactly these bytes. */
const STYLE = new Markup(`<style>${PAGE_STYLE}</style>`);

export interface PageParts {
  readonly title: string;
  /** Links from the archive down to this page, without the page itself. */
  readonly trail: readonly { readonly name: string; readonly href: string }[];
  readonly main: Markup;
  readonly footer: Markup;
  /** Whether there is a form on it. */
  readonly hasForm?: boolean;
  /** With the one script that there is; whether it fetches from this server. */
  readonly script?: { readonly fetches: boolean };
}

/** A whole page. Its policy allows its style and, where the page has it, the one script; nothing else. */
export function pageResponse(status: number, page: PageParts): EvidenceResponse {
  return {
    status,
    headers: {
      ...HEADERS,
      ...(page.hasForm === true ? FORM_HEADERS : {}),
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policyOf(page, "frame-ancestors 'none'"),
    },
    body: pageMarkup(page).text,
    isDownload: false,
  };
}

/** A page that is opened as a file: it brings its policy with it. */
export function filePage(page: PageParts): string {
  const policy = html`<meta http-equiv="content-security-policy" content="${policyOf(page)}" />`;
  return pageMarkup(page, policy).text;
}

/** What a file may not say of itself, only a response, is in `more`. */
function policyOf({ script, hasForm }: PageParts, ...more: string[]): string {
  const parts = [hasForm === true ? FORM_ALLOWED : NOTHING_ALLOWED, ...more];
  parts.push(`style-src ${PAGE_STYLE_SOURCE}`);
  if (script !== undefined) parts.push(`script-src ${PAGE_SCRIPT_SOURCE}`);
  if (script?.fetches === true) parts.push("connect-src 'self'");
  return parts.join('; ');
}

function pageMarkup(page: PageParts, policy: Markup = NOTHING): Markup {
  const trail = page.trail.map(({ name, href }) => html`<li><a href="${href}">${name}</a></li>`);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        ${policy}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title}</title>
        ${STYLE}
      </head>
      <body>
        <header>
          <a class="skip" href="#main">Skip to the content</a>
          <nav aria-label="You are here">
            <ol>
              ${trail}
              <li aria-current="page">${page.title}</li>
            </ol>
          </nav>
        </header>
        <main id="main">${page.main}</main>
        <footer>${page.footer}</footer>
        ${page.script === undefined ? NOTHING : PAGE_SCRIPT}
      </body>
    </html> `;
}

/** How a file of the archive is shown, by the end of its name; anything else is only downloaded. */
const SHOWN: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  pdf: 'application/pdf',
  json: 'text/plain; charset=utf-8',
  csv: 'text/plain; charset=utf-8',
  kql: 'text/plain; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  pem: 'text/plain; charset=utf-8',
  sh: 'text/plain; charset=utf-8',
};

/** Larger files are sent piece by piece. */
const SMALL_BYTES = 1 << 20;

/**
 * A file of the archive. A report's page may use its own style and nothing else, and stays in a sandbox: it
 * runs no script and is of no origin, so that it could not read other pages even if it were forged.
 */
export function fileResponse(name: string, content: Pieces, download: boolean): EvidenceResponse {
  const type = SHOWN[name.slice(name.lastIndexOf('.') + 1)];
  const asFile = download || type === undefined;
  const policy = type?.startsWith('text/html') === true ? "; style-src 'unsafe-inline'" : '';
  // A sandbox would also disable the browser's own PDF viewer.
  const sandbox = type === 'application/pdf' ? '' : '; sandbox allow-downloads';
  return {
    status: 200,
    headers: {
      ...HEADERS,
      'content-type': type ?? 'application/octet-stream',
      'content-length': String(content.size),
      'content-security-policy': `${NOTHING_ALLOWED}; frame-ancestors 'none'${policy}${sandbox}`,
      'content-disposition': `${asFile ? 'attachment' : 'inline'}; filename="${fileName(name)}"`,
    },
    body: content.size <= SMALL_BYTES ? bytesOf(content) : Readable.from(content.read()),
    isDownload: true,
  };
}

/** Sends the visitor on to a page of this site with a GET. */
export function redirectResponse(location: string): EvidenceResponse {
  return {
    status: 303,
    headers: { ...HEADERS, 'content-security-policy': NOTHING_ALLOWED, location },
    body: '',
    isDownload: false,
  };
}

/** A ZIP file that is made while it is sent. */
export function zipResponse(name: string, content: AsyncIterable<Uint8Array>): EvidenceResponse {
  return {
    status: 200,
    headers: {
      ...HEADERS,
      'content-type': 'application/zip',
      'content-security-policy': `${NOTHING_ALLOWED}; frame-ancestors 'none'; sandbox`,
      'content-disposition': `attachment; filename="${fileName(name)}"`,
    },
    body: content,
    isDownload: true,
  };
}

/** For a header. Archive names hold no other characters; this holds even if that changes. */
function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._=-]/g, '_');
}
