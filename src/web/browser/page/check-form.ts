import { checkArchive } from '../check-archive';
import type { PickedFile } from '../picked-files';
import { CannotTell } from '../picked-files';
import { filesOfZip } from '../zip-files';
import { byId } from './elements';
import { resultNotice, troubleNotice } from './show-result';

/** Somebody pressed Cancel. */
class Cancelled extends Error {}

/** Says how far it is: in words, and as a part of 1 where that is known. */
type Say = (text: string, part?: number) => void;

/** Lets the form of a page check an archive: one that the server packs, or one that is picked. */
export function startCheckForm(): void {
  const section = byId('check', HTMLElement);
  const form = byId('check-form', HTMLFormElement);
  const cancel = byId('check-cancel', HTMLButtonElement);
  const submit = byId('check-start', HTMLButtonElement);
  const result = byId('check-result', HTMLElement);
  const progress = byId('check-progress', HTMLProgressElement);
  const step = byId('check-step', HTMLElement);
  let running: AbortController | undefined;
  section.hidden = false;
  cancel.addEventListener('click', () => running?.abort());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (running !== undefined) return;
    running = new AbortController();
    submit.disabled = true;
    cancel.hidden = progress.hidden = false;
    progress.removeAttribute('value');
    result.replaceChildren();
    const say: Say = (text, part) => {
      step.textContent = text;
      if (part !== undefined) progress.value = part;
    };
    void noticeOf(section.dataset['pack'], running.signal, say).then((notice) => {
      running = undefined;
      submit.disabled = false;
      cancel.hidden = progress.hidden = true;
      step.textContent = '';
      result.replaceChildren(notice);
    });
  });
}

/** What came out, whatever came between. */
async function noticeOf(
  pack: string | undefined,
  signal: AbortSignal,
  say: Say,
): Promise<HTMLElement> {
  const value = (id: string): string => byId(id, HTMLInputElement).value;
  try {
    const files = pack === undefined ? await pickedFiles() : await packedFiles(pack, signal, say);
    const question = {
      heads: value('check-heads'),
      from: value('check-from'),
      to: value('check-to'),
    };
    return resultNotice(
      await checkArchive(files, question, (done, all) => {
        if (signal.aborted) throw new Cancelled();
        say(`Checking: ${megabytes(done)} of ${megabytes(all)}`, all === 0 ? 1 : done / all);
      }),
    );
  } catch (error) {
    if (error instanceof Cancelled || signal.aborted) {
      return troubleNotice('Cancelled', 'Nothing can be told of what was not looked at.');
    }
    const reason = error instanceof Error ? error.message : String(error);
    const message = error instanceof CannotTell ? reason : `Something went wrong: ${reason}`;
    return troubleNotice('Could not tell', message);
  }
}

async function pickedFiles(): Promise<PickedFile[]> {
  const folder = byId('check-folder', HTMLInputElement).files ?? [];
  const [zip] = byId('check-zip', HTMLInputElement).files ?? [];
  if (zip !== undefined && folder.length > 0) {
    throw new CannotTell('Give the folder or the ZIP file, not both.');
  }
  if (zip !== undefined) return filesOfZip(zip);
  if (folder.length === 0)
    throw new CannotTell('Give the folder that you unzipped, or the ZIP file.');
  return [...folder].map((file) => ({
    // Begins with the name of the folder that was picked.
    path: file.webkitRelativePath.slice(file.webkitRelativePath.indexOf('/') + 1),
    size: file.size,
    read: async () => new Uint8Array(await file.arrayBuffer()),
  }));
}

async function packedFiles(pack: string, signal: AbortSignal, say: Say): Promise<PickedFile[]> {
  const response = await fetch(pack, { signal, redirect: 'error' }).catch(() => undefined);
  if (response?.ok !== true || response.body === null) {
    const status = response === undefined ? 'no answer, or a login that is over' : response.status;
    throw new CannotTell(`The server does not give the archive: ${String(status)}.`);
  }
  // A download that breaks off is no whole ZIP file, and is found to be none.
  const reader = response.body.getReader();
  const parts: Blob[] = [];
  let taken = 0;
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) return filesOfZip(new Blob(parts));
    taken += value.length;
    parts.push(new Blob([value]));
    say(`Downloading: ${megabytes(taken)}`);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
