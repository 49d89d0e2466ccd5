import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Reviewer } from '../../archive/review-file';
import type { Settings } from '../../settings';
import type { EvidenceRequest, EvidenceResponse } from '../../web/response';
import type { ReviewDesk, ReviewPost } from '../../web/take-review';
import { orGoOn } from './trouble';
import type { Visitor } from './visitor';
import { visitorOf } from './visitor';

/** The evidence page of this process, and who may do what there. */
interface EvidenceSite {
  readonly show: (request: EvidenceRequest) => Promise<EvidenceResponse>;
  readonly takeReview: (post: ReviewPost) => Promise<EvidenceResponse>;
  /** Whoever has not this role is sent away; undefined when everybody who may log in may look. */
  readonly role: string | undefined;
  /** Whoever has this one too may sign off; undefined when nobody may. */
  readonly reviewerRole: string | undefined;
  /** The origin that browsers know, where a setting says it. */
  readonly origin: string | undefined;
  /** Writes down who takes what, or sends what. */
  readonly record: (visitor: string, path: string, status: number) => Promise<void>;
}

/** A visitor who may look. */
export interface Admitted {
  readonly site: EvidenceSite;
  readonly visitor: Visitor;
  /** As whom they sign off; undefined when they may not. */
  readonly reviewer: Reviewer | undefined;
}

const BASE_PATH = '/api/evidence';
export const REVIEW_PATH = '/api/review';

/** Undefined when the settings say that it is off. */
let site: Promise<EvidenceSite | undefined> | undefined;

/**
 * Answers a visitor who may look, and sends others away; `trouble` is what they are told when that fails. It never
 * throws: with HTTP streams a throw leaves the visitor without an answer (azure-functions-nodejs-library issue 324).
 */
export async function answerVisitor(
  request: HttpRequest,
  context: InvocationContext,
  trouble: string,
  answer: (admitted: Admitted) => Promise<HttpResponseInit>,
): Promise<HttpResponseInit> {
  const response = await orGoOn(context, async () => {
    const admitted = await admit(request);
    return 'site' in admitted ? answer(admitted) : admitted;
  });
  return response ?? message(503, trouble);
}

/** Lets a visitor in by the headers of App Service authentication, or says with what answer they are sent away. */
async function admit(request: HttpRequest): Promise<Admitted | HttpResponseInit> {
  site ??= openSite().catch((error: unknown) => {
    site = undefined;
    throw error;
  });
  const opened = await site;
  if (opened === undefined) return message(403, 'The evidence page of this app is off.');
  const visitor = visitorOf(request);
  if (visitor === undefined) return message(401, 'Log in first.');
  const { role, reviewerRole } = opened;
  if (role !== undefined && !visitor.roles.includes(role)) {
    return message(403, 'This login does not have the role that the evidence page asks for.');
  }
  const mayReview = reviewerRole !== undefined && visitor.roles.includes(reviewerRole);
  const { id, name } = visitor;
  const reviewer = mayReview ? ({ id, name, knownBy: 'entra-id' } as const) : undefined;
  return { site: opened, visitor, reviewer };
}

/** An answer of one sentence, for who gets no page. */
export function message(status: number, text: string): HttpResponseInit {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    body: `${text}\n`,
  };
}

async function openSite(): Promise<EvidenceSite | undefined> {
  const { environmentSettings, parseSettings } = await import('../../settings.js');
  const settings = parseSettings(environmentSettings());
  if (settings.evidencePage === 'off') return undefined;
  const { newId, systemClock } = await import('../../machine.js');
  const { openArchiveForReading, openStores } = await import('../../open-archive.js');
  const { createEvidencePage } = await import('../../web/evidence-page.js');
  const { takeReview } = await import('../../web/take-review.js');
  const { recordAccess } = await import('../../web/access-record.js');
  const archive = await openArchiveForReading(settings.archive, settings.storageConnection);
  const { privateStore } = await openStores(settings);
  const desk: ReviewDesk = {
    openParts: keepingOf(settings),
    site: { basePath: BASE_PATH, location: archive.location },
    now: systemClock,
  };
  const parts = { archive, basePath: BASE_PATH, reviewPath: REVIEW_PATH, now: systemClock };
  return {
    show: createEvidencePage(parts),
    takeReview: (post) => takeReview(desk, post),
    role: settings.evidenceRole,
    reviewerRole: settings.reviewerRole,
    origin: settings.publicUrl === undefined ? undefined : new URL(settings.publicUrl).origin,
    record: (visitor, path, status) =>
      recordAccess(privateStore, { at: systemClock(), visitor, path, status, id: newId() }),
  };
}

/** Opens the archive and its key when the first review comes; what could not be opened is tried again by the next. */
function keepingOf(settings: Settings): ReviewDesk['openParts'] {
  let keeping: ReturnType<ReviewDesk['openParts']> | undefined;
  return () => {
    keeping ??= import('../../open-archive.js')
      .then(({ openKeeping }) => openKeeping(settings))
      .catch((error: unknown) => {
        keeping = undefined;
        throw error;
      });
    return keeping;
  };
}
