import { formatCount } from '../render/format';
import { formatBytes } from '../render/spans';
import type { CheckedFile } from './file-check';
import { isWrong } from './file-check';
import type { Markup } from './markup';
import { html, NOTHING } from './markup';
import { fileHref } from './page-parts';
import type { Site } from './page-parts';

const STATES: Record<CheckedFile['state'], { word: string; style: string }> = {
  'as-sealed': { word: 'as sealed', style: 'pass' },
  'not-checked': { word: 'checked when opened', style: 'info' },
  altered: { word: 'changed after sealing', style: 'fail' },
  missing: { word: 'missing', style: 'missing' },
  destroyed: { word: 'destroyed under retention', style: 'info' },
  unlisted: { word: 'nothing speaks for it', style: 'fail' },
};

const OPEN = html`open`;

/** Says at the top of a run's page whether its files are what was sealed. */
export function filesVerdict(files: readonly CheckedFile[]): Markup {
  const wrong = files.filter(isWrong);
  if (wrong.length === 0) {
    const gone = files.filter(({ state }) => state === 'destroyed').length;
    if (gone > 0) {
      return html`<p class="muted">
        ${formatCount(gone, 'file was', 'files were')} destroyed when the retention was over, as a
        signed entry says. Digests and figures stay.
      </p>`;
    }
    const unread = files.some(({ state }) => state === 'not-checked');
    return unread
      ? html`<p class="muted">
          The files are too large to check them all for this page; each is checked when it is
          opened.
        </p>`
      : html`<p class="muted">
          All ${formatCount(files.length, 'file')} have the digests that the entry signs: checked
          for this page.
        </p>`;
  }
  const items = wrong.map(
    ({ name, state }) => html`<li><code>${name}</code>: ${STATES[state].word}</li>`,
  );
  return html`<section class="notice fail" role="alert">
    <p class="lead">${formatCount(wrong.length, 'file is', 'files are')} not what was sealed.</p>
    <ul>
      ${items}
    </ul>
  </section>`;
}

/** Every file of a run with its size and digest, to open or to keep. */
export function filesMarkup(site: Site, files: readonly CheckedFile[]): Markup {
  const rows = files.map((file) => {
    const { word, style } = STATES[file.state];
    const href = fileHref(site, file.path);
    const canOpen = !isWrong(file) && file.state !== 'destroyed';
    const name = canOpen ? html`<a href="${href}">${file.name}</a>` : html`${file.name}`;
    const save = canOpen
      ? html`<a href="${href}?download" aria-label="Save ${file.name}">save</a>`
      : NOTHING;
    const size = file.size === undefined ? '' : formatBytes(file.size, 'en');
    return html`<tr>
      <th scope="row">${name}</th>
      <td class="number" data-name="Size">${size}</td>
      <td>${save}</td>
      <td class="nowrap"><span class="badge ${style}">${word}</span></td>
      <td data-name="sha256"><code>${file.sha256 ?? ''}</code></td>
    </tr>`;
  });
  return html`<h2>Files</h2>
    <details ${files.some(isWrong) ? OPEN : NOTHING}>
      <summary>${formatCount(files.length, 'file')} with sizes and digests</summary>
      <div class="scroll" role="region" aria-label="Files" tabindex="0">
        <table>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col" class="number">Size</th>
              <th scope="col">Keep</th>
              <th scope="col">Checked now</th>
              <th scope="col">sha256</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>
    </details>`;
}
