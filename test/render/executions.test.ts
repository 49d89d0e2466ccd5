import type { Report } from '../../src/core/report';
import { executionsModel } from '../../src/render/executions-model';
import { renderHtml } from '../../src/render/html';
import { renderPdf } from '../../src/render/pdf';
import type { ViewElement } from '../../src/render/vocabulary';
import { elementsOf, readView, textOf } from '../../src/render/vocabulary';
import { ENGLISH, shippedViews } from '../support/languages';
import { pdfText, readPdf, squeezed } from '../support/pdf-text';
import { sampleReport } from '../support/reports';

/** A day's report of whose queries two groups begin alike, and one begins with lines of its own. */
function report(): Report {
  const sample = sampleReport();
  const beginning = (lookBack: string): string =>
    [
      `let PeriodStart = datetime(${sample.period.start});`,
      `let PeriodEnd = datetime(${sample.period.end});`,
      `let LookBackStart = datetime(${lookBack});`,
      `let PeriodTimeZone = 'Asia/Seoul';`,
    ].join('\n');
  const starts = (index: number): string =>
    index === 2 ? '2026-11-01T15:00:00.000Z' : index % 2 === 0 ? sample.period.start : '2026-11-06';
  return {
    ...sample,
    audits: sample.audits.map((audit, index) => ({
      ...audit,
      execution: {
        ...audit.execution,
        query: `${beginning(starts(index))}\nlet Own = ${String(index)};\nT\n| where "${audit.id}" == ""\n\n  | take Own\n`,
      },
    })),
  };
}

function chapterOf(html: string): ViewElement {
  const chapter = [...elementsOf(readView(html))].find(
    ({ name, children }) =>
      name === 'section' &&
      children.some(
        (child) => typeof child !== 'string' && child.attributes['id'] === 'executions',
      ),
  );
  if (chapter === undefined) throw new Error('the page has no such chapter');
  return chapter;
}

/** Each query as the page tells to put it together. */
function queriesOf(chapter: ViewElement): string[] {
  const beginnings = new Map<string, string>();
  const queries: string[] = [];
  let [place, begins]: (string | undefined)[] = [];
  for (const { name, attributes, children } of elementsOf(chapter)) {
    if (name === 'p') [place, begins] = [attributes['id'], undefined];
    else if (name === 'a') begins = attributes['href']?.slice(1);
    else if (name === 'pre') {
      const text = children.map(textOf).join('');
      if (place?.startsWith('beginning-') === true) beginnings.set(place, text);
      else if (begins === undefined) queries.push(text);
      else queries.push(`${beginnings.get(begins) ?? ''}\n${text}`);
    }
  }
  expect(beginnings.size).toBe(2);
  return queries;
}

it('prints every query whole, lines that several begin with once, and says of each which', async () => {
  const asked = report();
  const html = renderHtml(asked, await shippedViews());
  const sent = [...asked.audits, ...asked.otherQuestions].map(({ execution }) => execution.query);
  expect(queriesOf(chapterOf(html))).toEqual(sent.map((query) => query.trimEnd()));
  const bytes = await renderPdf(readView(html), {
    language: ENGLISH,
    title: 'test',
    created: asked.startedAt,
  });
  const text = pdfText(readPdf(bytes));
  const { beginnings, audits, others } = executionsModel(asked, ENGLISH);
  for (const { begins, query, queryDigest, answerDigest } of [...audits, ...others]) {
    for (const part of [begins, query, queryDigest, answerDigest]) {
      expect(text).toContain(squeezed(part));
    }
  }
  for (const { title, window, query } of beginnings) {
    expect(text).toContain(squeezed(`${title} ${window}${query}`));
  }
});

it('says as whom the source was asked, and where it is not known that it is not', () => {
  const asked = (identity?: Report['source']['identity']): string | undefined => {
    const source = { ...sampleReport().source, ...(identity === undefined ? {} : { identity }) };
    const { facts } = executionsModel(sampleReport({ source }), ENGLISH);
    return facts.find(({ name }) => name === 'Asked as')?.value;
  };
  expect(asked()).toBe('not recorded');
  expect(asked({ kind: 'none' })).toContain('no identity: a folder of files');
  expect(asked({ kind: 'entra', clientId: '5c0ffee5' })).toContain('client id 5c0ffee5');
  expect(asked({ kind: 'entra' })).toContain('not recorded');
});

it('tells of a long answer for information how many rows came and how many are shown', () => {
  const { audits } = executionsModel(sampleReport(), ENGLISH);
  expect(audits.find(({ id }) => id === 'repository-trail')?.about).toContain(
    'complete, 1,234 rows, of which this report shows 10',
  );
});

it('tells how the questions were asked that coverage rests on', () => {
  const { others } = executionsModel(sampleReport(), ENGLISH);
  expect(others.map(({ id }) => id)).toEqual(['coverage-ContainerRegistryLoginEvents']);
});

it('tells how long a question took only where a clock measured it', async () => {
  const views = await shippedViews();
  const sample = sampleReport();
  const audits = sample.audits.map((audit, index) => ({
    ...audit,
    execution: { ...audit.execution, durationMs: index === 0 ? 0 : 120 },
  }));
  const text = textOf(chapterOf(renderHtml({ ...sample, audits }, views)));
  expect(text).toContain('took 120 ms');
  expect(text).not.toContain('took 0 ms');
});
