import { byId } from './elements';

/** Lets a search box hide the rows of a table that do not hold every word in it. */
export function startSearch(): void {
  const section = byId('search', HTMLElement);
  const box = byId('search-text', HTMLInputElement);
  const count = byId('search-count', HTMLElement);
  const rows = [...byId('periods', HTMLTableElement).tBodies].flatMap(({ rows: all }) => [...all]);
  const texts = rows.map((row) => plain(row.textContent));
  section.hidden = false;
  box.addEventListener('input', () => {
    const words = plain(box.value).split(' ');
    let shown = 0;
    for (const [index, row] of rows.entries()) {
      row.hidden = !words.every((word) => texts[index]?.includes(word) === true);
      if (!row.hidden) shown += 1;
    }
    count.textContent = `${String(shown)} of ${String(rows.length)} shown`;
  });
}

function plain(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}
