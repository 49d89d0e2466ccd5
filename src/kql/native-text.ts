import { readTimespanText } from './literals';
import { nativeRefusal } from './native-refusal';

/** `parse_csv`: the first record's values as a JSON array. */
export function parseCsv(text: string): string {
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  const values: string[] = [];
  for (;;) {
    const match = field.exec(text);
    if (match === null) throw nativeRefusal(`'parse_csv' of a text that is not well quoted`);
    values.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] !== ',') return JSON.stringify(values);
  }
}

/** `parse_command_line` by the rules of Windows: blanks separate, quotes hold together. */
export function parseCommandLine(text: string): string {
  if (/\\"|""/.test(text) || text.trim() === '' || (text.match(/"/g) ?? []).length % 2 === 1) {
    throw nativeRefusal(`'parse_command_line' of nothing or of quotes within quotes`);
  }
  const parts = text.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
  return JSON.stringify(parts.map((part) => part.replaceAll('"', '')));
}

/** `parse_path`: the bag of a file path's parts. No pattern spans the text, which may be long and hostile. */
export function parsePath(text: string): string {
  const scheme = /^([a-z][a-z\d+.-]{0,30}):\/\//i.exec(text);
  const path = text.slice(scheme?.[0].length ?? 0);
  const root = /^[a-z]:[\\/]/i.exec(path)?.[0] ?? '';
  const end = lastSeparator(path);
  const directory = path.slice(0, Math.max(0, end));
  const name = directory.slice(lastSeparator(directory) + 1);
  const [file = '', stream = '', ...more] = path.slice(end + 1).split(':');
  const hasStream = path.slice(end + 1).includes(':');
  const isKnown = end > 0 && directory.length >= root.length && name !== '' && file !== '';
  if (!isKnown || file.startsWith('.') || more.length > 0 || (hasStream && stream === '')) {
    throw nativeRefusal(`'parse_path' of a path without a folder or a file's name`);
  }
  const dot = file.lastIndexOf('.');
  return JSON.stringify({
    Scheme: scheme?.[1] ?? '',
    RootPath: root,
    DirectoryPath: directory,
    DirectoryName: name,
    Filename: file,
    Extension: dot === -1 ? '' : file.slice(dot + 1),
    AlternateDataStreamName: stream,
  });
}

function lastSeparator(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
}

/** `totimespan` of a text: ticks, or null for what is no timespan. */
export function parseTimespan(text: string): string | null {
  if (/^-?\d+[a-z]+$/i.test(text) || /^-?(\d+\.)?\d{1,2}(:\d{1,2}){1,2}(\.\d{1,7})?$/.test(text)) {
    const padded = text.replace(/:(\d)(?!\d)/g, ':0$1');
    const ticks = readTimespanText(padded);
    if (ticks !== undefined) return String(ticks);
  }
  // A number with a fraction is no timespan to Kusto, whereas what it makes of other digits is not known here.
  if (!/\d/.test(text) || /^-?\d+\.\d+$/.test(text)) return null;
  throw nativeRefusal(`'totimespan' of this text`);
}
