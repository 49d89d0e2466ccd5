// The function app and everything that is its own. No key and no password: each service lets the identity in.
param location string
param tags object
param token string
param logsWorkspaceId string
param subscriptions string
param since string
param canaryLogins bool
param captureNamespace string
param captureEventHub string
param immediateAudits string
param operatorEmail string
param mailDomain string
param mailFrom string
param evidencePageClientId string
param evidenceRole string
param reviewerRole string
param otlpEndpoint string
param immutabilityDays int
param immutabilityLocked bool
param identityId string
param identityClientId string
param identityPrincipalId string
param deployerPrincipalId string
param monthlyBudget int
param budgetStart string

var appName = 'func-tallyman-${token}'
var hasCapture = captureEventHub != ''
var hasPage = evidencePageClientId != ''
var publicUrl = 'https://${appName}.azurewebsites.net/api/evidence'
var roles = {
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fbe8'
  keyVaultCryptoUser: '12338af0-0e69-4776-bea7-57ae8d297424'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  communicationAndEmailServiceOwner: '09976791-48a7-449e-bb21-39d1a415f350'
}

// The host's own storage: the package, timers, queues.
resource hostStorage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'sthost${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource hostBlobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: hostStorage
  name: 'default'
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: hostBlobs
  name: 'packages'
}

// What the package leaves out; whoever deploys puts it there.
resource fonts 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: hostBlobs
  name: 'fonts'
}

resource fontsRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (deployerPrincipalId != '') {
  name: guid(fonts.id, deployerPrincipalId, roles.blobDataContributor)
  scope: fonts
  properties: {
    principalId: deployerPrincipalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
  }
}

resource hostQueues 'Microsoft.Storage/storageAccounts/queueServices@2023-05-01' = {
  parent: hostStorage
  name: 'default'
}

resource runQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' = [
  for queue in ['tallyman-runs', 'tallyman-runs-poison']: {
    parent: hostQueues
    name: queue
  }
]

// The archive. It has an account of its own, so that nothing of the host's can be a reason to loosen it.
resource evidenceStorage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stevid${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource evidenceBlobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: evidenceStorage
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: { enabled: true, days: 90 }
    containerDeleteRetentionPolicy: { enabled: true, days: 90 }
  }
}

resource evidence 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: evidenceBlobs
  name: 'evidence'
}

resource evidencePolicy 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2023-05-01' = if (!immutabilityLocked) {
  parent: evidence
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: immutabilityDays
    allowProtectedAppendWrites: false
  }
}

// Journal and outbox: not for auditors, and not immutable.
resource evidencePrivate 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: evidenceBlobs
  name: 'evidence-private'
}

// What comes from Event Hubs, when it is captured. It grows by appending, so it is not immutable.
resource capturedLogs 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: evidenceBlobs
  name: 'captured-logs'
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-${token}'
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
  }
}

resource signingKey 'Microsoft.KeyVault/vaults/keys@2023-07-01' = {
  parent: vault
  name: 'tallyman'
  properties: {
    kty: 'EC'
    curveName: 'P-256'
    keyOps: ['sign', 'verify']
    attributes: { enabled: true, exportable: false }
  }
}

resource emailService 'Microsoft.Communication/emailServices@2023-04-01' = {
  name: 'email-${token}'
  location: 'global'
  tags: tags
  properties: { dataLocation: 'Europe' }
}

resource emailDomain 'Microsoft.Communication/emailServices/domains@2023-04-01' = {
  parent: emailService
  name: 'AzureManagedDomain'
  location: 'global'
  properties: { domainManagement: 'AzureManaged' }
}

resource communication 'Microsoft.Communication/communicationServices@2023-04-01' = {
  name: 'acs-${token}'
  location: 'global'
  tags: tags
  properties: {
    dataLocation: 'Europe'
    linkedDomains: mailDomain != '' ? [emailDomain.id, mailDomain] : [emailDomain.id]
  }
}

// What the app says about itself. Not the workspace that the registries log to.
resource telemetryWorkspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-tallyman-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 90
    workspaceCapping: { dailyQuotaGb: 1 }
  }
}

resource telemetry 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-tallyman-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: telemetryWorkspace.id
    DisableLocalAuth: true
  }
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-tallyman-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: appName
  location: location
  tags: union(tags, { 'azd-service-name': 'tallyman' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // References to secrets are read with it; the app has no identity of its own.
    keyVaultReferenceIdentity: identityId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostStorage.properties.primaryEndpoints.blob}${packages.name}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'node', version: '24' }
      scaleAndConcurrency: { maximumInstanceCount: 40, instanceMemoryMB: 2048 }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      appSettings: [
        { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
        { name: 'AzureWebJobsStorage__clientId', value: identityClientId }
        { name: 'AzureWebJobsStorage__blobServiceUri', value: hostStorage.properties.primaryEndpoints.blob }
        { name: 'AzureWebJobsStorage__queueServiceUri', value: hostStorage.properties.primaryEndpoints.queue }
        { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: telemetry.properties.ConnectionString }
        {
          name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
          value: 'ClientId=${identityClientId};Authorization=AAD'
        }
        // The identity that DefaultAzureCredential takes.
        { name: 'AZURE_CLIENT_ID', value: identityClientId }
        // App Service authentication proves itself to Entra with the identity and needs no client secret.
        { name: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID', value: identityClientId }
        { name: 'AzureWebJobs.capture.Disabled', value: hasCapture ? 'false' : 'true' }
        { name: 'CaptureEventHubs__fullyQualifiedNamespace', value: captureNamespace }
        { name: 'CaptureEventHubs__credential', value: 'managedidentity' }
        { name: 'CaptureEventHubs__clientId', value: identityClientId }
        { name: 'CAPTURE_EVENT_HUB', value: captureEventHub }
        { name: 'CAPTURE_CONSUMER_GROUP', value: '$Default' }
        { name: 'TALLYMAN_LOG_SOURCE', value: hasCapture ? 'log-archive' : 'log-analytics' }
        { name: 'TALLYMAN_LOG_ARCHIVE', value: '${evidenceStorage.properties.primaryEndpoints.blob}${capturedLogs.name}' }
        { name: 'TALLYMAN_IMMEDIATE_AUDITS', value: hasCapture ? immediateAudits : '' }
        { name: 'TALLYMAN_WORKSPACE_ID', value: logsWorkspaceId }
        { name: 'TALLYMAN_RESOURCE_MANAGER', value: environment().resourceManager }
        { name: 'TALLYMAN_SUBSCRIPTIONS', value: subscriptions }
        { name: 'TALLYMAN_SINCE', value: since }
        { name: 'TALLYMAN_CANARY', value: canaryLogins ? 'on' : 'off' }
        { name: 'TALLYMAN_ARCHIVE', value: '${evidenceStorage.properties.primaryEndpoints.blob}${evidence.name}' }
        { name: 'TALLYMAN_ARCHIVE_RESOURCE', value: '${environment().resourceManager}${substring(evidence.id, 1)}' }
        { name: 'TALLYMAN_FONTS', value: '${hostStorage.properties.primaryEndpoints.blob}${fonts.name}' }
        { name: 'TALLYMAN_SIGNING_KEY_VAULT_KEY', value: signingKey.properties.keyUriWithVersion }
        { name: 'TALLYMAN_MAIL', value: 'azure-communication' }
        { name: 'TALLYMAN_ACS_ENDPOINT', value: 'https://${communication.properties.hostName}' }
        {
          name: 'TALLYMAN_MAIL_FROM'
          value: mailFrom != '' ? mailFrom : 'DoNotReply@${emailDomain.properties.fromSenderDomain}'
        }
        { name: 'TALLYMAN_PUBLIC_URL', value: hasPage ? publicUrl : '' }
        { name: 'TALLYMAN_EVIDENCE_PAGE', value: hasPage ? 'app-service-authentication' : 'off' }
        { name: 'TALLYMAN_EVIDENCE_ROLE', value: evidenceRole }
        { name: 'TALLYMAN_REVIEWER_ROLE', value: reviewerRole }
        { name: 'TALLYMAN_OTLP_ENDPOINT', value: otlpEndpoint }
      ]
    }
  }
  dependsOn: [hostRoles, archiveRole, keyRole]
}

// Otherwise whoever may read the publishing profile has a password that puts other code in place.
resource publishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = [
  for way in ['ftp', 'scm']: {
    parent: site
    name: way
    properties: { allow: false }
  }
]

resource authentication 'Microsoft.Web/sites/config@2024-04-01' = if (hasPage) {
  parent: site
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'RedirectToLoginPage'
      redirectToProvider: 'azureactivedirectory'
      // For the monitors outside the app. It names streams and periods, never a person.
      excludedPaths: ['/api/health']
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: evidencePageClientId
          clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
          openIdIssuer: '${environment().authentication.loginEndpoint}${subscription().tenantId}/v2.0'
        }
      }
    }
  }
}

resource hostRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [roles.blobDataOwner, roles.queueDataContributor]: {
    name: guid(hostStorage.id, identityPrincipalId, role)
    scope: hostStorage
    properties: {
      principalId: identityPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource archiveRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(evidenceStorage.id, identityPrincipalId, roles.blobDataContributor)
  scope: evidenceStorage
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
  }
}

resource keyRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(signingKey.id, identityPrincipalId, roles.keyVaultCryptoUser)
  scope: signingKey
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultCryptoUser)
  }
}

resource mailRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(communication.id, identityPrincipalId, roles.communicationAndEmailServiceOwner)
  scope: communication
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.communicationAndEmailServiceOwner
    )
  }
}

resource telemetryRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(telemetry.id, identityPrincipalId, roles.monitoringMetricsPublisher)
  scope: telemetry
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.monitoringMetricsPublisher
    )
  }
}

module alerts 'alerts.bicep' = {
  name: 'tallyman-alerts'
  params: {
    location: location
    tags: tags
    token: token
    telemetryId: telemetry.id
    healthUrl: 'https://${site.properties.defaultHostName}/api/health'
    operatorEmail: operatorEmail
    monthlyBudget: monthlyBudget
    budgetStart: budgetStart
  }
}

output functionApp string = site.name
output archive string = '${evidenceStorage.properties.primaryEndpoints.blob}${evidence.name}'
output fonts string = '${hostStorage.properties.primaryEndpoints.blob}${fonts.name}'
output publicUrl string = hasPage ? publicUrl : ''
