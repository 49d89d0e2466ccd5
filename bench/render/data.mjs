// The report that every peer sets: the head of a daily audit and an appendix of N rows of seven columns, some of them
// in other scripts. The same rows for everyone.
const people = [
  'jane.kim@contoso.com',
  'ci-release',
  'aks-prod-kubelet',
  '김민수@contoso.com',
  'svc-batch-2',
];
const repositories = [
  'payments/api',
  'web',
  'platform/base-images/dotnet',
  'legacy/batch',
  '결제/게이트웨이',
];
const agents = [
  'docker/27.1.1 go/go1.21.12 os/linux arch/amd64',
  'containerd/1.7.20',
  'skopeo/1.15',
  'أداة/1.0 日本語',
];

export const headings = [
  'TimeGenerated:datetime',
  'LoginServer',
  'OperationName',
  'Repository',
  'Digest',
  'Identity',
  'UserAgent',
];

export function* rows(count) {
  for (let i = 0; i < count; i++) {
    const second = String(i % 60).padStart(2, '0');
    const minute = String(Math.floor(i / 60) % 60).padStart(2, '0');
    const hour = String(Math.floor(i / 3600) % 24).padStart(2, '0');
    // One row in fifty is not in Latin script.
    const other = i % 50 === 0;
    yield [
      `2026-11-21T${hour}:${minute}:${second}.${String((i * 7919) % 10_000_000).padStart(7, '0')}Z`,
      i % 3 === 0 ? 'fabrikam.azurecr.io' : 'contoso.azurecr.io',
      i % 5 === 0 ? 'Push' : 'Pull',
      other ? repositories[4] : repositories[i % 4],
      `sha256:${((i * 2654435761) >>> 0).toString(16).padStart(8, '0')}`.padEnd(39, '0a1b2c3d'),
      other ? people[3] : people[i % 3],
      other ? agents[3] : agents[i % 3],
    ];
  }
}
