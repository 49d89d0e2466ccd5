targetScope = 'subscription'

@description('Names the resource group and, with a hash, every resource.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('The region. For diagnostic settings that write to storage or Event Hubs it must be that of the registries.')
@minLength(1)
param location string

@description('The resource id of the Log Analytics workspace that the registries log to.')
param logsWorkspaceResourceId string

@description('The ids of the subscriptions in which registries are looked for, separated by commas. Empty: all that the identity sees.')
param subscriptions string = ''

@description('A date such as 2026-03-01: the first period of streams that have no run yet. Empty: the newest complete period.')
param since string = ''

@description('Whether the app logs in to every registry once a day and looks for the login in the logs.')
param canaryLogins bool = false

@description('The namespace of an event hub that diagnostic settings send to: contoso.servicebus.windows.net. Empty: the workspace is asked.')
param captureNamespace string = ''

@description('The event hub in that namespace. The identity needs Azure Event Hubs Data Receiver on it.')
param captureEventHub string = ''

@description('With an event hub: audits whose findings are mailed as soon as records arrive, separated by commas.')
param immediateAudits string = 'repository-deletions'

@description('Where alerts and the budget go: an address that a person reads every day.')
param operatorEmail string

@description('The address of an OpenTelemetry collector that takes the app’s traces. Empty: none are made.')
param otlpEndpoint string = ''

@description('The resource id of a verified email domain of one’s own, in Europe. Empty: the Azure-managed one, five mails a minute and ten an hour.')
param mailDomain string = ''

@description('The address in the From line, of that domain. Empty: DoNotReply of the Azure-managed one.')
param mailFrom string = ''

@description('The client id of the Entra app registration that people log in to the evidence page with. Empty: no page.')
param evidencePageClientId string = ''

@description('The app role that a visitor of the evidence page must have. Empty: everybody who may log in may look.')
param evidenceRole string = ''

@description('The app role with which a visitor may also sign reports off. Empty: nobody may, there.')
param reviewerRole string = ''

@description('How many days nobody can delete or change a sealed file. The policy is left unlocked: lock it when sure.')
@minValue(1)
@maxValue(146000)
param immutabilityDays int = 2557

@description('Whether that policy was locked. A locked one takes no deployment, so it is left as it is.')
param immutabilityLocked bool = false

@description('Who deploys, and may put the fonts that the package leaves out into their container. Empty: nobody is given the role.')
param deployerPrincipalId string = ''

@description('A month’s budget in the subscription’s currency. Mails go out at 80 and 100 percent.')
@minValue(1)
param monthlyBudget int = 50

@description('The budget’s beginning, the first day of a month. Empty: this month. No later deployment may change it.')
param budgetStart string = ''

@description('For the first deployment; azd keeps it in the environment for the next ones.')
param thisMonth string = '${utcNow('yyyy-MM')}-01'

var budgetBegins = budgetStart != '' ? budgetStart : thisMonth
var tags = { 'azd-env-name': environmentName }
var logsWorkspace = split(logsWorkspaceResourceId, '/')

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module app 'app.bicep' = {
  name: 'tallyman'
  scope: group
  params: {
    location: location
    tags: tags
    token: uniqueString(subscription().id, environmentName, location)
    logsWorkspaceId: reader.outputs.customerId
    subscriptions: subscriptions
    since: since
    canaryLogins: canaryLogins
    captureNamespace: captureNamespace
    captureEventHub: captureEventHub
    immediateAudits: immediateAudits
    operatorEmail: operatorEmail
    mailDomain: mailDomain
    mailFrom: mailFrom
    evidencePageClientId: evidencePageClientId
    evidenceRole: evidenceRole
    reviewerRole: reviewerRole
    otlpEndpoint: otlpEndpoint
    immutabilityDays: immutabilityDays
    immutabilityLocked: immutabilityLocked
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    identityPrincipalId: identity.outputs.principalId
    deployerPrincipalId: deployerPrincipalId
    monthlyBudget: monthlyBudget
    budgetStart: budgetBegins
  }
}

module registryReader 'registries-reader.bicep' = {
  name: 'tallyman-registries-reader'
  params: {
    principalId: identity.outputs.principalId
  }
}

module identity 'identity.bicep' = {
  name: 'tallyman-identity'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'id-${environmentName}'
  }
}

// The workspace may be in another subscription and group than the app.
module reader 'logs-reader.bicep' = {
  name: 'tallyman-logs-reader'
  scope: resourceGroup(logsWorkspace[2], logsWorkspace[4])
  params: {
    workspaceName: logsWorkspace[8]
    principalId: identity.outputs.principalId
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP string = app.outputs.functionApp
output TALLYMAN_ARCHIVE string = app.outputs.archive
output TALLYMAN_FONTS string = app.outputs.fonts
output TALLYMAN_PUBLIC_URL string = app.outputs.publicUrl
output TALLYMAN_BUDGET_START string = budgetBegins
