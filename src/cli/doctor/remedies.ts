/** Roles by what they are for; docs/operations.md lists them with the Bicep files that assign them. */
export const ROLES = {
  logAnalyticsReader: '73c42c96-874c-492b-b04d-ab87d138a893',
  monitoringReader: '43d0d8ad-25c7-4714-9337-8ba259a9fe05',
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  blobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  keyVaultCryptoUser: '12338af0-0e69-4776-bea7-57ae8d297424',
} as const;

/** The identity that the process runs as, as its token names it; undefined when there is no token. */
export type Principal = string | undefined;

/** The command that gives the identity a role. `scope` is a resource id or a shell expression that finds it. */
export function assignRole(principal: Principal, role: string, scope: string): string {
  const assignee = principal ?? '<object id of the identity>';
  return `az role assignment create --assignee-object-id ${assignee} --assignee-principal-type ServicePrincipal --role ${role} --scope ${scope}`;
}

/** Where a workspace is that is known only by its id. */
export function workspaceScope(customerId: string): string {
  return `"$(az monitor log-analytics workspace list --query "[?customerId=='${customerId}'].id" --output tsv)"`;
}

/** Where a container is that is known only by its address; the account when there is no container in it. */
export function containerScope(url: string): string {
  const { hostname, pathname } = new URL(url);
  const account = hostname.split('.')[0] ?? '';
  const container = pathname.split('/')[1] ?? '';
  const below = container === '' ? '' : `/blobServices/default/containers/${container}`;
  return `"$(az storage account show --name ${account} --query id --output tsv)${below}"`;
}

/** Where a key is that is known by its identifier. */
export function keyScope(keyId: string): string {
  const { hostname, pathname } = new URL(keyId);
  const vault = hostname.split('.')[0] ?? '';
  return `"$(az keyvault show --name ${vault} --query id --output tsv)/keys/${pathname.split('/')[2] ?? ''}"`;
}

/** A registry's missing diagnostic setting, as a command and as Bicep. */
export function diagnosticSetting(registryId: string, workspaceId: string): string {
  const logs = `'[{"categoryGroup":"audit","enabled":true}]'`;
  const metrics = `'[{"category":"AllMetrics","enabled":true}]'`;
  const name = registryId.slice(registryId.lastIndexOf('/') + 1);
  return [
    `az monitor diagnostic-settings create --name tallyman --resource ${registryId} --workspace ${workspaceId} --logs ${logs} --metrics ${metrics}`,
    'or in Bicep, beside the registry:',
    `resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = { name: '${name}' }`,
    `resource events 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {`,
    `  name: 'tallyman'`,
    `  scope: registry`,
    `  properties: { workspaceId: '${workspaceId}', logs: [{ categoryGroup: 'audit', enabled: true }], metrics: [{ category: 'AllMetrics', enabled: true }] }`,
    `}`,
  ].join('\n');
}

/** The object id in a token of Entra ID. It is only shown, so its signature does not matter. */
export function principalIn(token: string): Principal {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { oid } = JSON.parse(payload) as { oid?: unknown };
    return typeof oid === 'string' && /^[0-9a-f-]{36}$/i.test(oid) ? oid : undefined;
  } catch {
    return undefined;
  }
}
