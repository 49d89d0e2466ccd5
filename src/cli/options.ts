import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { isDate } from '../core/dates';
import type { Place, RawSettings, SettingName } from '../settings';
import { CONTAINER_RESOURCE, environmentSettings } from '../settings';

/** Options that stand for settings, so that a command needs no environment. */
export interface PlaceOptions {
  readonly logs?: string;
  readonly archive?: string;
  readonly mail?: string;
  readonly templates?: string;
  readonly key?: string;
}

export const logsOption = new Option(
  '--logs <folder-or-url>',
  'the log archive to read (default: TALLYMAN_LOG_ARCHIVE)',
);
export const archiveOption = new Option(
  '--archive <folder-or-url>',
  'the evidence archive (default: TALLYMAN_ARCHIVE)',
);
const mailOption = new Option(
  '--mail <folder>',
  'write mails as .eml files into this folder (default: TALLYMAN_MAIL)',
);
export const templatesOption = new Option(
  '--templates <folder>',
  'a templates folder of your own (default: the one that ships)',
);
export const keyOption = new Option(
  '--key <file>',
  'the signing key, made on first use (default: beside a folder archive)',
);
export const jsonOption = new Option('--json', 'print JSON for scripts');

/** The options of commands that work with everything that a run needs. */
export function withRunOptions(command: Command): Command {
  const all = [logsOption, archiveOption, mailOption, templatesOption, keyOption, jsonOption];
  for (const option of all) command.addOption(option);
  return command;
}

/** The environment's settings with the command's options over them. */
export function settingsWith(options: PlaceOptions): RawSettings {
  const given: [SettingName, string | undefined][] = [
    ['TALLYMAN_LOG_SOURCE', options.logs === undefined ? undefined : 'log-archive'],
    ['TALLYMAN_LOG_ARCHIVE', options.logs],
    ['TALLYMAN_ARCHIVE', options.archive],
    ['TALLYMAN_MAIL', options.mail === undefined ? undefined : 'eml'],
    ['TALLYMAN_MAIL_FOLDER', options.mail],
    ['TALLYMAN_TEMPLATES', options.templates],
    ['TALLYMAN_SIGNING_KEY_FILE', options.key],
  ];
  const raw: RawSettings = {
    ...environmentSettings(),
    // A key that the command names stands for that of the environment, wherever it is kept.
    ...(options.key === undefined
      ? {}
      : { TALLYMAN_SIGNING_KEY: '', TALLYMAN_SIGNING_KEY_VAULT_KEY: '' }),
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  };
  // A folder of .eml files needs no sender of one's own.
  return raw.TALLYMAN_MAIL === 'eml' && raw.TALLYMAN_MAIL_FROM === undefined
    ? { ...raw, TALLYMAN_MAIL_FROM: 'tallyman@example.com' }
    : raw;
}

/** A folder or an address, as an argument names it. */
export function placeOf(text: string): Place {
  return /^https?:\/\//i.test(text)
    ? { kind: 'blob', url: text.replace(/\/+$/, '') }
    : { kind: 'folder', path: text };
}

/** For commander: a whole number of at least `least` and, where there is one, of at most `most`. */
export function wholeNumber(least: number, most?: number): (text: string) => number {
  const range =
    most === undefined
      ? `of at least ${String(least)}`
      : `from ${String(least)} to ${String(most)}`;
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > (most ?? Number.MAX_SAFE_INTEGER)) {
      throw new InvalidArgumentError(`Expected a whole number ${range}.`);
    }
    return value;
  };
}

/** For commander: a date such as 2026-03-02. */
export function dateText(text: string): string {
  if (!isDate(text)) {
    throw new InvalidArgumentError('Expected a date of the calendar, such as 2026-03-02.');
  }
  return text;
}

/** For commander: a container’s address in Azure Resource Manager. */
export function containerResource(text: string): string {
  if (!CONTAINER_RESOURCE.test(text)) {
    throw new InvalidArgumentError(
      'Expected https://management.azure.com/subscriptions/…/storageAccounts/<account>/blobServices/default/containers/<container>.',
    );
  }
  return text;
}

/** For commander: an instant with its zone, as UTC text. */
export function instantText(text: string): string {
  const time = Date.parse(text);
  if (!/[zZ]$|[+-]\d{2}:?\d{2}$/.test(text) || Number.isNaN(time)) {
    throw new InvalidArgumentError(
      'Expected a time with its zone, such as 2026-03-02T07:30:00+09:00 or 2026-03-01T22:30:00Z.',
    );
  }
  return new Date(time).toISOString();
}
