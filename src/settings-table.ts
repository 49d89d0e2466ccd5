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
  TALLYMAN_REVIEWER_ROLE: {
    meaning:
      'For the function app’s evidence page: the app role with which a visitor may also sign reports off. Default: nobody may, there.',
    sample: '',
  },
  TALLYMAN_OTLP_ENDPOINT: {
    meaning:
      'The address of an OpenTelemetry collector (http://localhost:4318) that takes the function app’s traces as JSON over HTTP. Default: none are made.',
    sample: '',
  },
  TALLYMAN_TEMPLATES: {
    meaning: 'A templates folder of your own. Default: the one that ships.',
    sample: '',
  },
  TALLYMAN_FONTS: {
    meaning:
      'For the function app, whose package leaves out the fonts for Korean, Japanese and Chinese: the folder, or the https address of the container, that holds them.',
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
