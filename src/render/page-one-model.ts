import type { Language, Text } from '../core/language';
import { phrase, say } from '../core/language';
import type { Report } from '../core/report';
import type { BrandModel } from './brand-model';
import { changesModel } from './changes-model';
import { coverageModel, REGISTRY_CHARACTERS, SHORT_VERDICT_CHARACTERS } from './coverage-model';
import { noticesOf } from './notices';
import type { PageOneText } from './page-one-room';
import { roomOnPageOne } from './page-one-room';
import type { PastModel } from './past-model';
import { periodLabel, periodWindow } from './spans';
import { visible } from './visible';
import type { WaiverModel } from './waiver-model';
import { namesAndMore, outcomeBadge } from './words';

/** Page one has to stay one page. */
const WAIVERS_ON_PAGE_ONE = 2;

/** Points of page one that its table takes at least. */
const ROOM_FOR_FINDINGS = 100;

/** Of the report's title, and where its length or that of changes crowds the page. */
const TITLE_CHARACTERS = 120;
const CROWDED_CHARACTERS = 60;

/** The longest that a verdict's sentences become; its own text can't be longer. */
const VERDICT_CHARACTERS = 250;

/** What page one says beside its table of findings, and its parts that other pages say, too. */
export interface PageOneModel extends PageOneText {
  /** The report's title without the period. */
  readonly name: string;
  readonly registries: string;
  readonly window: string;
  readonly coverage: ReturnType<typeof coverageModel>;
}

/** Page one's text, cut step by step until findings have room. */
export function pageOneModel(
  report: Report,
  language: Language,
  {
    brand,
    past,
    waivers,
  }: {
    readonly brand: BrandModel;
    readonly past: PastModel;
    readonly waivers: readonly WaiverModel[];
  },
): PageOneModel {
  const told = (text: Text): string => say(text, language);
  const titled = (longest: number): Pick<PageOneModel, 'name' | 'title'> => {
    const name = visible(report.title, longest);
    return { name, title: `${name}, ${periodLabel(report.period, language.id)}` };
  };
  const registries = told(registriesText(report));
  const window = periodWindow(report.period, language.id);
  let model: PageOneModel = {
    ...titled(TITLE_CHARACTERS),
    brand,
    registries,
    window,
    subtitle: `${registries} · ${window}`,
    notices: noticesOf(report).map(told),
    outcome: outcomeBadge(report.outcome, language).word,
    verdict: visible(told(report.verdict), VERDICT_CHARACTERS),
    coverage: coverageModel(report, language),
    changes: changesModel(report, language),
    pastSentence: past.sentence,
    waiting: past.waiting,
    waivers: waiversOnPageOne(waivers),
  };
  // What each step leaves out stands whole in the chapter on it.
  const steps: readonly ((before: PageOneModel) => Partial<PageOneModel>)[] = [
    () => ({ changes: changesModel(report, language, 1) }),
    () => ({ coverage: coverageModel(report, language, SHORT_VERDICT_CHARACTERS) }),
    (before) => ({ waivers: before.waivers.slice(0, 1) }),
    () => ({
      ...titled(CROWDED_CHARACTERS),
      changes: changesModel(report, language, 1, CROWDED_CHARACTERS),
    }),
  ];
  for (const step of steps) {
    if (roomOnPageOne(model) < ROOM_FOR_FINDINGS) model = { ...model, ...step(model) };
  }
  return model;
}

function waiversOnPageOne(waivers: readonly WaiverModel[]): WaiverModel[] {
  return waivers
    .filter(({ isNews }) => isNews)
    .slice(0, WAIVERS_ON_PAGE_ONE)
    .map((waiver) => ({
      ...waiver,
      owner: visible(waiver.owner, 30),
      reason: visible(waiver.reason, 80),
    }));
}

function registriesText({ registries }: Report): Text {
  if (registries.length === 0) return phrase('page.noRegistry');
  const names = registries.slice(0, 8).map((name) => visible(name, REGISTRY_CHARACTERS));
  return namesAndMore(names, registries.length - names.length);
}
