import { isDate } from './core/dates';
import type { Problem } from './core/errors';
import { TallymanError } from './core/errors';
import { SETTINGS } from './settings-table';

/** Where a write-once store or a log archive lies. */
export type Place =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'blob'; readonly url: string };

export type LogSettings =
  | { readonly kind: 'log-archive'; readonly place: Place }
  | {
      readonly kind: 'log-analytics';
      /** At least one; all are asked together. */
      readonly workspaces: readonly string[];
      readonly endpoint: string | undefined;
    };

export type MailSettings =
  | { readonly kind: 'none' }
  | { readonly kind: 'eml'; readonly folder: string; readonly from: string }
  | { readonly kind: 'smtp'; readonly url: string; readonly from: string }
  | { readonly kind: 'azure-communication'; readonly endpoint: string; readonly from: string };

export type SigningKeySettings =
  | { readonly kind: 'pem'; readonly pem: string }
  /** A file that is made on first use. */
  | { readonly kind: 'file'; readonly file: string }
  /** One version of a key in Azure Key Vault or a managed HSM. */
  | { readonly kind: 'vault'; readonly keyId: string }
  /** The file beside a folder archive; an archive in a container has none. */
  | { readonly kind: 'beside-archive' };

export interface ResourceManagerSettings {
  /** `https://management.azure.com`, or that of a sovereign cloud. */
  readonly endpoint: string;
  /** Only registries of these are looked for; all that the identity may see when empty. */
  readonly subscriptions: readonly string[];
  /** Whether to log in to each registry once a day, to find the login in the logs again. */
  readonly canary: boolean;
}

export interface Settings {
  readonly logs: LogSettings;
  readonly archive: Place;
  /** Where Azure Resource Manager has the archive’s container. */
  readonly archiveResource: string | undefined;
  readonly signingKey: SigningKeySettings;
  readonly mail: MailSettings;
  /** The address of an RFC 3161 time-stamping authority. */
  readonly tsaUrl: string | undefined;
  readonly publicUrl: string | undefined;
  /** Of a collector that takes traces; undefined when none is wanted. */
  readonly otlpEndpoint: string | undefined;
  /** Whether the function app shows the evidence page, and what checks who looks at it. */
  readonly evidencePage: 'off' | 'app-service-authentication';
  /** The app role that a visitor of the evidence page must have. */
  readonly evidenceRole: string | undefined;
  /** The app role with which a visitor may sign reports off; undefined when nobody may. */
  readonly reviewerRole: string | undefined;
  readonly templates: string | undefined;
  /** Where the fonts are that the app's package leaves out. */
  readonly fonts: Place | undefined;
  /** Audits that are asked of records as they are captured; empty for none. */
  readonly immediateAudits: readonly string[];
  /** Undefined when Azure Resource Manager is not asked. */
  readonly resourceManager: ResourceManagerSettings | undefined;
  /** A date: where streams without a chain begin. */
  readonly since: string | undefined;
  readonly scratch: string | undefined;
  /** Only for an emulator: replaces the identity for blobs. */
  readonly storageConnection: string | undefined;
}

export { SETTINGS };

export type SettingName = keyof typeof SETTINGS;
export type RawSettings = Readonly<Partial<Record<SettingName, string>>>;

const MAIL_ADDRESS = /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+\.[^\s@<>,;:"()[\]\\]+$/;
const VAULT_KEY = /^https:\/\/[^\s/?#]+\/keys\/[0-9a-zA-Z-]{1,127}\/[0-9a-f]{32}$/;
/** Whether a text is the address of a container in Azure Resource Manager, of whatever cloud. */
export const CONTAINER_RESOURCE =
  /^https:\/\/[^\s/?#]+\/subscriptions\/[^\s?#]+\/storageAccounts\/[^\s/?#]+\/blobServices\/default\/containers\/[^\s/?#]+$/i;
/** One query reaches no more workspaces than this. */
const MOST_WORKSPACES = 100;
const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** The settings that the process was started with; empty ones count as absent. */
export function environmentSettings(): RawSettings {
  const names = Object.keys(SETTINGS) as SettingName[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name]?.trim();
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

/** The client id of the identity that Azure's own library logs in with, where one is configured. */
export function identityClientId(): string | undefined {
  const id = process.env['AZURE_CLIENT_ID']?.trim();
  return id === '' ? undefined : id;
}

/** What keeping an archive needs: where it is, and the key that signs it. */
export type KeepingSettings = Pick<
  Settings,
  'archive' | 'archiveResource' | 'signingKey' | 'storageConnection'
>;

/** Settings for commands that ask no logs. Throws SETTINGS_INVALID with every problem at once. */
export function parseKeepingSettings(raw: RawSettings): KeepingSettings {
  const reader = new SettingsReader(raw);
  const settings = reader.keeping();
  reader.throwProblems();
  return settings;
}

/** Settings from raw values. Throws SETTINGS_INVALID with every problem at once. */
export function parseSettings(raw: RawSettings): Settings {
  const reader = new SettingsReader(raw);
  const settings: Settings = {
    logs: reader.logs(),
    ...reader.keeping(),
    mail: reader.mail(),
    tsaUrl: reader.optionalUrl('TALLYMAN_TSA_URL'),
    publicUrl: reader.optionalUrl('TALLYMAN_PUBLIC_URL')?.replace(/\/+$/, ''),
    otlpEndpoint: reader.optionalUrl('TALLYMAN_OTLP_ENDPOINT'),
    evidencePage: reader.choice('TALLYMAN_EVIDENCE_PAGE', [
      'off',
      'app-service-authentication',
    ] as const),
    ...reader.roles(),
    templates: reader.optional('TALLYMAN_TEMPLATES'),
    fonts: reader.optionalPlace('TALLYMAN_FONTS'),
    immediateAudits: reader.auditIds('TALLYMAN_IMMEDIATE_AUDITS'),
    resourceManager: reader.resourceManager(),
    since: reader.optionalDate('TALLYMAN_SINCE'),
    scratch: reader.optional('TALLYMAN_SCRATCH'),
  };
  reader.throwProblems();
  return settings;
}

/** The log source alone. Throws SETTINGS_INVALID. */
export function parseLogSettings(raw: RawSettings): LogSettings {
  const reader = new SettingsReader(raw);
  const logs = reader.logs();
  reader.throwProblems();
  return logs;
}

class SettingsReader {
  readonly #problems: Problem[] = [];

  constructor(private readonly raw: RawSettings) {}

  problem(where: SettingName, message: string, remedy: string): void {
    this.#problems.push({ where, message, remedy });
  }

  throwProblems(): void {
    if (this.#problems.length === 0) return;
    const count = this.#problems.length;
    throw new TallymanError(
      'SETTINGS_INVALID',
      count === 1 ? 'A setting is not usable.' : `${String(count)} settings are not usable.`,
      { problems: this.#problems },
    );
  }

  optional(name: SettingName): string | undefined {
    const value = this.raw[name];
    return value === undefined || value === '' ? undefined : value;
  }

  optionalMatch(name: SettingName, pattern: RegExp, expected: string): string | undefined {
    const value = this.optional(name);
    if (value === undefined || pattern.test(value)) return value;
    this.problem(name, `Expected ${expected}, got ${this.#shown(name, value)}.`, 'Correct it.');
    return undefined;
  }

  optionalDate(name: SettingName): string | undefined {
    const value = this.optional(name);
    if (value === undefined || isDate(value)) return value;
    this.problem(
      name,
      `Expected a date of the calendar, such as 2026-03-01, got “${value}”.`,
      'Correct it.',
    );
    return undefined;
  }

  optionalUrl(name: SettingName): string | undefined {
    const value = this.optionalMatch(name, /^https?:\/\/[^\s/]+/, 'an http(s) address');
    return value === undefined || this.#canBeRead(name, value) ? value : undefined;
  }

  place(name: SettingName): Place {
    const value = this.#required(name, 'a folder or an https address');
    if (/^https?:\/\//i.test(value)) {
      this.#canBeRead(name, value);
      return { kind: 'blob', url: value.replace(/\/+$/, '') };
    }
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(value)) {
      this.problem(
        name,
        `Expected a folder or an https address, got ${this.#shown(name, value)}.`,
        'Use the https address of a storage account or container.',
      );
    }
    return { kind: 'folder', path: value };
  }

  optionalPlace(name: SettingName): Place | undefined {
    return this.optional(name) === undefined ? undefined : this.place(name);
  }

  auditIds(name: SettingName): string[] {
    const ids = (this.optional(name) ?? '')
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== '');
    for (const id of ids.filter((one) => !/^[a-z0-9-]+$/.test(one))) {
      this.problem(
        name,
        `Expected an audit’s id, got “${id}”.`,
        'Use names of folders in templates/audits.',
      );
    }
    return ids;
  }

  resourceManager(): ResourceManagerSettings | undefined {
    const canary = this.choice('TALLYMAN_CANARY', ['off', 'on'] as const) === 'on';
    const subscriptions = (this.optional('TALLYMAN_SUBSCRIPTIONS') ?? '')
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== '');
    for (const id of subscriptions.filter((one) => !GUID.test(one))) {
      this.problem(
        'TALLYMAN_SUBSCRIPTIONS',
        `Expected a GUID, got “${id}”.`,
        'Use subscription ids.',
      );
    }
    const endpoint = this.optionalMatch(
      'TALLYMAN_RESOURCE_MANAGER',
      // A token goes there, so it is never sent in the clear to another machine.
      /^(https:\/\/[^\s/?#]+|http:\/\/127\.0\.0\.1:\d+)\/?$/,
      'an https address without a path',
    )?.replace(/\/$/, '');
    if (endpoint !== undefined) return { endpoint, subscriptions, canary };
    if (canary && this.optional('TALLYMAN_RESOURCE_MANAGER') === undefined) {
      this.problem(
        'TALLYMAN_CANARY',
        'Canary logins need the list of registries.',
        'Set TALLYMAN_RESOURCE_MANAGER, or leave this off.',
      );
    }
    return undefined;
  }

  roles(): Pick<Settings, 'evidenceRole' | 'reviewerRole'> {
    const [evidenceRole, reviewerRole] = (
      ['TALLYMAN_EVIDENCE_ROLE', 'TALLYMAN_REVIEWER_ROLE'] as const
    ).map((name) => this.optionalMatch(name, /^[\w.:-]{1,120}$/, 'the value of an app role'));
    if (reviewerRole !== undefined && reviewerRole === evidenceRole) {
      this.problem(
        'TALLYMAN_REVIEWER_ROLE',
        'Everybody who may look could sign off.',
        'Give reviewers a role of their own.',
      );
    }
    return { evidenceRole, reviewerRole };
  }

  logs(): LogSettings {
    const kind = this.choice('TALLYMAN_LOG_SOURCE', ['log-archive', 'log-analytics'] as const);
    if (kind === 'log-archive') return { kind, place: this.place('TALLYMAN_LOG_ARCHIVE') };
    const value = this.#required('TALLYMAN_WORKSPACE_ID', 'a workspace id (a GUID)');
    const workspaces = value.split(',').map((id) => id.trim());
    for (const id of workspaces) {
      if (value === '' || GUID.test(id)) continue;
      this.problem(
        'TALLYMAN_WORKSPACE_ID',
        `Expected a GUID, got “${id}”.`,
        'Copy the “Workspace ID” from the workspace’s overview page; its name does not do.',
      );
    }
    if (workspaces.length > MOST_WORKSPACES) {
      this.problem(
        'TALLYMAN_WORKSPACE_ID',
        `Expected at most ${String(MOST_WORKSPACES)} workspaces, got ${String(workspaces.length)}.`,
        'Azure Monitor Logs asks no more at once; deploy another function app for the others.',
      );
    }
    return { kind, workspaces, endpoint: this.optionalUrl('TALLYMAN_LOGS_ENDPOINT') };
  }

  mail(): MailSettings {
    const kind = this.choice('TALLYMAN_MAIL', [
      'none',
      'eml',
      'smtp',
      'azure-communication',
    ] as const);
    if (kind === 'none') return { kind };
    const from = this.#required('TALLYMAN_MAIL_FROM', 'the sender’s address');
    if (from !== '' && !MAIL_ADDRESS.test(from)) {
      this.problem(
        'TALLYMAN_MAIL_FROM',
        `Expected one mail address, got “${from}”.`,
        'Write it as name@example.com.',
      );
    }
    switch (kind) {
      case 'eml':
        return { kind, from, folder: this.#required('TALLYMAN_MAIL_FOLDER', 'a folder') };
      case 'smtp': {
        const url = this.#required('TALLYMAN_SMTP_URL', 'smtps://host:465 or smtp://host:587');
        if (url !== '' && !/^smtps?:\/\/\S+$/.test(url)) {
          this.problem(
            'TALLYMAN_SMTP_URL',
            'Expected an smtp:// or smtps:// address.',
            'Correct it.',
          );
        }
        return { kind, from, url };
      }
      case 'azure-communication':
        return {
          kind,
          from,
          endpoint: this.#communicationEndpoint(),
        };
    }
  }

  /** What came is not shown: it may be a connection string with its key. */
  #communicationEndpoint(): string {
    const name = 'TALLYMAN_ACS_ENDPOINT';
    const value = this.#required(name, 'the resource’s https endpoint');
    if (value !== '' && !(/^https?:\/\//.test(value) && URL.canParse(value))) {
      const remedy = 'Copy the “Endpoint” from the resource’s keys page, not a connection string.';
      this.problem(name, 'Expected the resource’s https endpoint, got something else.', remedy);
    }
    return value;
  }

  /** Whether an address can be taken apart; a problem when not. */
  #canBeRead(name: SettingName, address: string): boolean {
    if (URL.canParse(address)) return true;
    const shown = this.#shown(name, address);
    this.problem(name, `Expected an address of the web, got ${shown}.`, 'Correct it.');
    return false;
  }

  keeping(): KeepingSettings {
    const archive = this.place('TALLYMAN_ARCHIVE');
    return {
      archive,
      archiveResource: this.optionalMatch(
        'TALLYMAN_ARCHIVE_RESOURCE',
        CONTAINER_RESOURCE,
        'the https address of a container in Azure Resource Manager',
      ),
      signingKey: this.#signingKey(archive),
      storageConnection: this.optional('TALLYMAN_STORAGE_CONNECTION'),
    };
  }

  /** One signing key at most; an archive in a container needs one that is named. */
  #signingKey(archive: Place): SigningKeySettings {
    const pem = this.optional('TALLYMAN_SIGNING_KEY');
    const file = this.optional('TALLYMAN_SIGNING_KEY_FILE');
    const keyId = this.optionalMatch(
      'TALLYMAN_SIGNING_KEY_VAULT_KEY',
      VAULT_KEY,
      'a key identifier with its version, https://<vault>/keys/<name>/<version>',
    );
    const given: readonly (readonly [SettingName, SigningKeySettings])[] = [
      ...(pem === undefined ? [] : [['TALLYMAN_SIGNING_KEY', { kind: 'pem', pem }] as const]),
      ...(file === undefined
        ? []
        : [['TALLYMAN_SIGNING_KEY_FILE', { kind: 'file', file }] as const]),
      ...(keyId === undefined
        ? []
        : [['TALLYMAN_SIGNING_KEY_VAULT_KEY', { kind: 'vault', keyId }] as const]),
    ];
    const [first, second] = given;
    if (second !== undefined) {
      const names = given.map(([name]) => name).join(' and ');
      this.problem(second[0], `Expected one signing key, got ${names}.`, 'Set one.');
    }
    if (archive.kind === 'blob' && first === undefined) {
      this.problem(
        'TALLYMAN_SIGNING_KEY_VAULT_KEY',
        'A signing key is needed for an archive in blob storage, and none was given.',
        'Set TALLYMAN_SIGNING_KEY_VAULT_KEY, or TALLYMAN_SIGNING_KEY as a Key Vault reference.',
      );
    }
    return first?.[1] ?? { kind: 'beside-archive' };
  }

  #required(name: SettingName, expected: string): string {
    const value = this.optional(name);
    if (value !== undefined) return value;
    this.problem(name, `Expected ${expected}, and it is not set.`, SETTINGS[name].meaning);
    return '';
  }

  /** The value, or the first choice when it is not set. */
  choice<T extends string>(name: SettingName, choices: readonly [T, ...T[]]): T {
    const value = this.optional(name);
    if (value === undefined) return choices[0];
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    this.problem(
      name,
      `Expected ${choices.join(', ')}, got ${this.#shown(name, value)}.`,
      'Choose one of them.',
    );
    return choices[0];
  }

  #shown(name: SettingName, value: string): string {
    return 'secret' in SETTINGS[name] ? 'something else' : `“${value}”`;
  }
}
