import type { Markup } from './markup';
import { html } from './markup';

/** What a page lets somebody check: the stream that the server packs at an address, or what they pick themselves. */
export type CheckSubject = { readonly pack: string } | 'picked';

/**
 * The form that `src/web/browser` brings to life; without a script there is a sentence in its place. Its ids are
 * those that the script looks for.
 */
export function checkForm(subject: CheckSubject): Markup {
  const isPicked = subject === 'picked';
  const pick = html`<fieldset>
    <legend>What to check</legend>
    <p>
      <label for="check-folder">The folder that you unzipped</label>
      <input id="check-folder" type="file" webkitdirectory />
    </p>
    <p>
      <label for="check-zip">or the ZIP file itself</label>
      <input id="check-zip" type="file" accept=".zip" />
    </p>
    <p class="muted">Nothing leaves this computer, whatever your browser calls it.</p>
  </fieldset>`;
  const form = html`<form id="check-form">
    ${isPicked ? pick : html``}
    <fieldset>
      <legend>What you know already</legend>
      <p>
        <label for="check-heads">Head, sha256, from a mail that you kept</label>
        <input
          id="check-heads"
          class="wide"
          type="text"
          autocomplete="off"
          spellcheck="false"
          aria-describedby="check-heads-why"
        />
      </p>
      <p id="check-heads-why" class="muted">
        Without it nobody can see that the newest entries were cut off, or that the whole chain was
        made again.
      </p>
      <p>
        <label for="check-from">First date to rely on</label>
        <input id="check-from" type="date" />
      </p>
      <p>
        <label for="check-to">First date after them</label>
        <input id="check-to" type="date" />
      </p>
    </fieldset>
    <p class="actions">
      <button id="check-start" type="submit">Check</button>
      <button id="check-cancel" type="button" hidden>Cancel</button>
    </p>
    <progress id="check-progress" max="1" aria-label="How much was checked" hidden></progress>
    <p id="check-step" class="muted"></p>
  </form>`;
  const attribute = isPicked ? html`` : html` data-pack="${subject.pack}"`;
  return html`<section id="check" ${attribute} aria-label="Check in this browser" hidden>
      ${form}
      <div id="check-result" role="status"></div>
    </section>
    <noscript>
      <p class="notice warn">
        This check needs JavaScript, which this browser does not run here. Use
        <code>sh verify.sh</code> from the archive, or <code>tallyman verify</code>: they check the
        same and more.
      </p>
    </noscript>`;
}

/** What the check does and does not, and whom it asks to be believed. */
export function checkLimits(subject: CheckSubject): Markup {
  const whom =
    subject === 'picked'
      ? html`<p>
          This page came in the same ZIP file as the archive. Whoever could change the archive on
          its way could change this page too, and nothing seals it. If that is a worry, use a copy
          of
          <code>verify.sh</code> from a release of Tallyman, or read the one in the archive: it is
          short.
        </p>`
      : html`<p>
          The script of this page comes from the same server as the archive. So it shows damage to
          the storage and, with a head, rewriting by those who may write there; it does not show
          what a dishonest server hides. For that, download the stream and check it with a copy of
          <code>verify.sh</code> or <code>tallyman verify</code> that you have from somewhere else.
        </p>`;
  return html`<h2>What this check is worth</h2>
    ${whom}
    <p>
      It applies the rules of <code>tallyman verify</code>, under the same codes, to every file:
      digests, signatures, key rotations, the chain’s numbers and links, what each entry may say,
      that nothing is there that no entry speaks for, and that every period of the range is
      accounted for. It does not look into RFC 3161 time stamps, and cannot see how the storage
      keeps files: for these, and to re-perform a report from its evidence, there are
      <code>tallyman verify</code>, <code>verify.sh</code> and <code>tallyman reperform</code>.
    </p>`;
}
