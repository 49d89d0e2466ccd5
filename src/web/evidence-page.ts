import type { Archive } from '../core/archive';
import { TallymanError } from '../core/errors';
import type { Instant } from '../core/period';
import { createChainReader } from './chain-reader';
import type { ChainReader, StreamReading } from './chain-reader';
import { checkPage } from './check-page';
import { readSealed } from './file-check';
import { messagePage } from './message-page';
import { overviewPage } from './overview-page';
import { packPage } from './pack-page';
import { periodPack, streamPack, zipOf } from './pack';
import type { SignOff, Site } from './page-parts';
import { periodPage } from './period-page';
import type { EvidenceRequest, EvidenceResponse } from './response';
import { fileResponse, zipResponse } from './response';
import { streamPage } from './stream-page';
import { sealedSlot, timelineOf } from './timeline';

export interface EvidenceParts {
  readonly archive: Archive;
  /** Before every path of the site, as the host gives it: empty, or `/evidence`, without a final slash. */
  readonly basePath: string;
  readonly now: () => Instant;
  /** Where the form to sign off goes, as the host gives it; undefined where nobody may. */
  readonly reviewPath?: string | undefined;
}

/**
 * The evidence page: an archive to look at and to download, never to write to; a form on it goes elsewhere. Make it once and keep it:
 * it remembers the chains that it has checked. It serves
 *
 *     /                       all streams
 *     /<stream>               one stream; `?year=2026`
 *     /<stream>/<period>      one period: its report, files and entry
 *     /check/<stream>         a page that checks a stream in the browser
 *     /files/<path>           a file that a chain speaks for; `?download`
 *     /packs/<stream>.zip     a whole stream, and /packs/<stream>/<period>.zip one period
 *
 * Anything else is a 404. An archive that cannot be reached is a 503; other errors are thrown.
 */
export function createEvidencePage(
  parts: EvidenceParts,
): (request: EvidenceRequest) => Promise<EvidenceResponse> {
  const chains = createChainReader(parts.archive, parts.now);
  return async (request) => {
    const site: Site = {
      basePath: parts.basePath,
      location: parts.archive.location,
      now: parts.now(),
      signOff: signOffOf(parts, request),
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const response = messagePage(site, 405, 'Only reading is possible here.');
      return { ...response, headers: { ...response.headers, allow: 'GET, HEAD' } };
    }
    const response = await respond(parts.archive, chains, site, request).catch((error: unknown) => {
      if (error instanceof TallymanError) return messagePage(site, 503, error.message, error.hint);
      throw error;
    });
    return request.method === 'HEAD' ? { ...response, body: '' } : response;
  };
}

function signOffOf(
  { reviewPath }: EvidenceParts,
  { reviewer }: EvidenceRequest,
): SignOff | undefined {
  return reviewPath === undefined || reviewer === undefined
    ? undefined
    : { action: reviewPath, reviewer };
}

async function respond(
  archive: Archive,
  chains: ChainReader,
  site: Site,
  { path, query }: EvidenceRequest,
): Promise<EvidenceResponse> {
  const segments = segmentsOf(path, site.basePath);
  const [first = '', second] = segments ?? [];
  if (segments === undefined) return notFound(site);
  if (segments.length === 0) {
    const readings = await Promise.all((await chains.streams()).map((name) => chains.read(name)));
    return overviewPage(
      site,
      readings.flatMap((reading) => reading ?? []),
    );
  }
  if (first === 'files') {
    return fileOf(archive, chains, site, segments.slice(1).join('/'), query.has('download'));
  }
  if (first === 'packs') return packOf(archive, chains, site, segments.slice(1));
  const isCheck = first === 'check' && segments.length === 2;
  const reading =
    segments.length <= 2 ? await chains.read(isCheck ? (second ?? '') : first) : undefined;
  if (reading === undefined) return notFound(site);
  if (isCheck) return checkPage(site, reading);
  if (second === undefined) return streamPage(site, reading, query.get('year'));
  const timeline = timelineOf(reading, site.now);
  const slot = timeline === undefined ? undefined : sealedSlot(timeline, second);
  return timeline === undefined || slot === undefined
    ? notFound(site)
    : periodPage(site, archive, reading, timeline, slot);
}

/** The path's parts below the site, decoded; undefined when it is not below it or not decodable. */
function segmentsOf(path: string, basePath: string): string[] | undefined {
  if (path !== basePath && !path.startsWith(`${basePath}/`)) return undefined;
  try {
    const segments = path.slice(basePath.length).split('/').slice(1).map(decodeURIComponent);
    return segments.at(-1) === '' ? segments.slice(0, -1) : segments;
  } catch {
    return undefined;
  }
}

/** A file is looked up among those that chains speak for; the archive is never asked for any other. */
async function fileOf(
  archive: Archive,
  chains: ChainReader,
  site: Site,
  path: string,
  download: boolean,
): Promise<EvidenceResponse> {
  const reading = await speakerFor(chains, path);
  if (reading === undefined) return notFound(site);
  const content = await readSealed(archive, path, reading.files.get(path));
  if (content === 'missing' && reading.destroyed.has(path)) {
    return messagePage(site, 410, `${path} was destroyed under retention, as a signed entry says.`);
  }
  if (content === 'missing') {
    return messagePage(site, 410, `${path} was sealed, and is not in the archive any more.`);
  }
  if (content === 'altered') {
    return messagePage(
      site,
      409,
      `${path} was changed after it was sealed, so it is not shown.`,
      'The changed file is in the downloads of its period and of its stream.',
    );
  }
  return fileResponse(path.slice(path.lastIndexOf('/') + 1), content, download);
}

async function speakerFor(chains: ChainReader, path: string): Promise<StreamReading | undefined> {
  const names = await chains.streams();
  const own = path.split('/')[0] ?? '';
  // Keys and the auditor's files are outside the streams' folders, and any stream may speak for them.
  for (const name of names.includes(own) ? [own] : names) {
    const reading = await chains.read(name);
    if (reading?.files.has(path) === true) return reading;
  }
  return undefined;
}

async function packOf(
  archive: Archive,
  chains: ChainReader,
  site: Site,
  segments: readonly string[],
): Promise<EvidenceResponse> {
  const names = segments
    .join('/')
    .replace(/\.zip$/, '')
    .split('/');
  const [stream = '', periodId] = names;
  const reading = names.length <= 2 ? await chains.read(stream) : undefined;
  if (reading === undefined || segments.at(-1)?.endsWith('.zip') !== true) return notFound(site);
  if (periodId === undefined) {
    const paths = await streamPack(archive, reading);
    const page = await packPage(site, archive, reading);
    return zipResponse(`${stream}.zip`, zipOf(archive, paths, page));
  }
  const timeline = timelineOf(reading, site.now);
  const slot = timeline === undefined ? undefined : sealedSlot(timeline, periodId);
  if (slot === undefined) return notFound(site);
  const paths = await periodPack(archive, reading, slot);
  return zipResponse(`${stream}-${periodId}.zip`, zipOf(archive, paths));
}

function notFound(site: Site): EvidenceResponse {
  return messagePage(
    site,
    404,
    'There is no such page.',
    'Begin at the evidence archive’s first page.',
  );
}
