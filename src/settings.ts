import type { Problem } from './core/errors';
import { TallymanError } from './core/errors';

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
  /** PEM text, or undefined to use (and on first use make) the key file. */
  readonly signingKeyPem: string | undefined;
  readonly signingKeyFile: string | undefined;
  /** The identifier of one version of a Key Vault key. */
  readonly signingKeyVaultKey: string | undefined;
  readonly mail: MailSettings;
  /** The address of an RFC 3161 time-stamping authority. */
  readonly tsaUrl: string | undefined;
  readonly publicUrl: string | undefined;
  /** Whether the function app shows the evidence page, and what checks who looks at it. */
  readonly evidencePage: 'off' | 'app-service-authentication';
  /** The app role that a visitor of the evidence page must have. */
  readonly evidenceRole: string | undefined;
  readonly templates: string | undefined;
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

interface SettingDoc {
  readonly meaning: string;
  readonly sample: string;
  /** Never printed. */
  readonly secret?: true;
}

/** Every setting: the sample file and the reference page are compared with this table. */
export const SETTINGS = {
  TALLYMAN_LOG_SOURCE: {
    meaning: 'Where the logs are asked: log-archive (default) or log-analytics.',
    sample: 'log-archive',
  },
  TALLYMAN_LOG_ARCHIVE: {
    meaning:
      'For log-archive: a folder, or the https address of the storage account or container that diagnostic settings write to.',
    sample: 'samples/logs',
  },
  TALLYMAN_WORKSPACE_ID: {
    meaning:
      'For log-analytics: the workspace id, a GUID. Several, separated by commas, are asked together.',
    sample: '',
  },
  TALLYMAN_LOGS_ENDPOINT: {
    meaning: 'For log-analytics in a sovereign cloud: the query API’s https address.',
    sample: '',
  },
  TALLYMAN_RESOURCE_MANAGER: {
    meaning:
      'Azure Resource Manager, asked for the registries there are, their diagnostic settings, the platform’s metrics and the workspace’s limits: https://management.azure.com, or a sovereign cloud’s. Default: not asked.',
    sample: '',
  },
  TALLYMAN_SUBSCRIPTIONS: {
    meaning:
      'With TALLYMAN_RESOURCE_MANAGER: the ids of the subscriptions in which registries are looked for, separated by commas. Default: all that the identity may see.',
    sample: '',
  },
  TALLYMAN_CANARY: {
    meaning:
      'With TALLYMAN_RESOURCE_MANAGER: on, to log in to each registry once a day and find the login in the logs again; off (default).',
    sample: 'off',
  },
  TALLYMAN_IMMEDIATE_AUDITS: {
    meaning:
      'With capture from Event Hubs: ids of audits, separated by commas, whose findings are mailed as soon as records arrive. They must expect no rows and look at the period alone.',
    sample: '',
  },
  TALLYMAN_ARCHIVE: {
    meaning: 'The evidence archive: a folder, or the https address of a blob container.',
    sample: 'demo/archive',
  },
  TALLYMAN_ARCHIVE_RESOURCE: {
    meaning:
      'The archive’s container in Azure Resource Manager, so that reports say whether its immutability policy is locked: https://management.azure.com/subscriptions/…/storageAccounts/<account>/blobServices/default/containers/<container>.',
    sample: '',
  },
  TALLYMAN_SIGNING_KEY_FILE: {
    meaning:
      'A P-256 private key (PKCS #8 PEM). Made on first use. Default: signing-key.pem in the private folder beside a folder archive.',
    sample: '',
  },
  TALLYMAN_SIGNING_KEY: {
    meaning: 'The private key’s PEM text itself, for hosts without files.',
    sample: '',
    secret: true,
  },
  TALLYMAN_SIGNING_KEY_VAULT_KEY: {
    meaning:
      'A P-256 key in Azure Key Vault or a managed HSM, with its version: https://contoso.vault.azure.net/keys/tallyman/<version>. The identity needs the role “Key Vault Crypto User”.',
    sample: '',
  },
  TALLYMAN_TSA_URL: {
    meaning:
      'The address of a time-stamping authority (RFC 3161) that witnesses every sealed entry. Default: none. It gets digests only; one that is down keeps nothing from being made.',
    sample: '',
    secret: true,
  },
  TALLYMAN_MAIL: {
    meaning: 'How mail goes out: eml, smtp, azure-communication or none (default).',
    sample: 'eml',
  },
  TALLYMAN_MAIL_FOLDER: { meaning: 'For eml: the folder for .eml files.', sample: 'demo/mail' },
  TALLYMAN_MAIL_FROM: { meaning: 'The sender’s address.', sample: 'tallyman@example.com' },
  TALLYMAN_SMTP_URL: {
    meaning: 'For smtp: smtps://user:password@host:465 or smtp://host:587.',
    sample: '',
    secret: true,
  },
  TALLYMAN_ACS_ENDPOINT: {
    meaning: 'For azure-communication: the resource’s https endpoint.',
    sample: '',
  },
  TALLYMAN_PUBLIC_URL: {
    meaning: 'The address of the evidence page, for links in mails.',
    sample: '',
  },
  TALLYMAN_EVIDENCE_PAGE: {
    meaning:
      'The function app’s evidence page: off (default), or app-service-authentication when that stands in front of the app. Without it anyone could forge the header that names the visitor.',
    sample: 'off',
  },
  TALLYMAN_EVIDENCE_ROLE: {
    meaning:
      'For the function app’s evidence page: the app role that a visitor must have. Default: everybody who may log in may look.',
    sample: '',
  },
  TALLYMAN_TEMPLATES: {
    meaning: 'A templates folder of your own. Default: the one that ships.',
    sample: '',
  },
  TALLYMAN_SINCE: {
    meaning:
      'A date (2026-03-01): the first period of streams that have no run yet. Default: the newest complete period.',
    sample: '',
  },
  TALLYMAN_SCRATCH: {
    meaning:
      'A folder for temporary files and for what is remembered of queries. Default: the system’s, and ~/.cache/tallyman.',
    sample: '',
  },
  TALLYMAN_STORAGE_CONNECTION: {
    meaning:
      'For a storage emulator only: its connection string. In Azure leave it empty; the identity is used.',
    sample: '',
    secret: true,
  },
} as const satisfies Record<string, SettingDoc>;

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

/** What keeping an archive needs: where it is, and the key that signs it. */
export type KeepingSettings = Pick<
  Settings,
  | 'archive'
  | 'archiveResource'
  | 'signingKeyPem'
  | 'signingKeyFile'
  | 'signingKeyVaultKey'
  | 'storageConnection'
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
    evidencePage: reader.choice('TALLYMAN_EVIDENCE_PAGE', [
      'off',
      'app-service-authentication',
    ] as const),
    evidenceRole: reader.optionalMatch(
      'TALLYMAN_EVIDENCE_ROLE',
      /^[\w.:-]{1,120}$/,
      'the value of an app role',
    ),
    templates: reader.optional('TALLYMAN_TEMPLATES'),
    immediateAudits: reader.auditIds('TALLYMAN_IMMEDIATE_AUDITS'),
    resourceManager: reader.resourceManager(),
    since: reader.optionalMatch(
      'TALLYMAN_SINCE',
      /^\d{4}-\d{2}-\d{2}$/,
      'a date such as 2026-03-01',
    ),
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

  optionalUrl(name: SettingName): string | undefined {
    return this.optionalMatch(name, /^https?:\/\/[^\s/]+/, 'an http(s) address');
  }

  place(name: SettingName): Place {
    const value = this.#required(name, 'a folder or an https address');
    if (/^https?:\/\//i.test(value)) return { kind: 'blob', url: value.replace(/\/+$/, '') };
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(value)) {
      this.problem(
        name,
        `Expected a folder or an https address, got ${this.#shown(name, value)}.`,
        'Use the https address of a storage account or container.',
      );
    }
    return { kind: 'folder', path: value };
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
          endpoint: this.#required('TALLYMAN_ACS_ENDPOINT', 'the resource’s https endpoint'),
        };
    }
  }

  keeping(): KeepingSettings {
    const settings: KeepingSettings = {
      archive: this.place('TALLYMAN_ARCHIVE'),
      archiveResource: this.optionalMatch(
        'TALLYMAN_ARCHIVE_RESOURCE',
        CONTAINER_RESOURCE,
        'the https address of a container in Azure Resource Manager',
      ),
      signingKeyPem: this.optional('TALLYMAN_SIGNING_KEY'),
      signingKeyFile: this.optional('TALLYMAN_SIGNING_KEY_FILE'),
      signingKeyVaultKey: this.optionalMatch(
        'TALLYMAN_SIGNING_KEY_VAULT_KEY',
        VAULT_KEY,
        'a key identifier with its version, https://<vault>/keys/<name>/<version>',
      ),
      storageConnection: this.optional('TALLYMAN_STORAGE_CONNECTION'),
    };
    this.#checkKeys(settings);
    return settings;
  }

  /** One signing key at most; an archive in a container needs one that is named. */
  #checkKeys(settings: KeepingSettings): void {
    const given = (
      [
        ['TALLYMAN_SIGNING_KEY', settings.signingKeyPem],
        ['TALLYMAN_SIGNING_KEY_FILE', settings.signingKeyFile],
        ['TALLYMAN_SIGNING_KEY_VAULT_KEY', settings.signingKeyVaultKey],
      ] as const
    ).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    const [, second] = given;
    if (second !== undefined) {
      this.problem(second, `Expected one signing key, got ${given.join(' and ')}.`, 'Set one.');
    }
    if (settings.archive.kind === 'blob' && given.length === 0) {
      this.problem(
        'TALLYMAN_SIGNING_KEY_VAULT_KEY',
        'A signing key is needed for an archive in blob storage, and none was given.',
        'Set TALLYMAN_SIGNING_KEY_VAULT_KEY, or TALLYMAN_SIGNING_KEY as a Key Vault reference.',
      );
    }
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
