// Which registries there are, their diagnostic settings and metrics. Registries in other subscriptions need the same
// assignment there: `tallyman doctor` prints it.
targetScope = 'subscription'

param principalId string

var monitoringReader = '43d0d8ad-25c7-4714-9337-8ba259a9fe05'

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  // With the principal: the assignment outlives the resource group, and none can be given to another principal.
  name: guid(subscription().id, principalId, monitoringReader)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringReader)
  }
}
