// What notices that the app has died. None of it runs in the app, so none of it dies with it.
param location string
param tags object
param token string
param telemetryId string
param healthUrl string
param operatorEmail string
param monthlyBudget int
param budgetStart string

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-tallyman-${token}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'tallyman'
    emailReceivers: [
      { name: 'operator', emailAddress: operatorEmail, useCommonAlertSchema: true }
    ]
  }
}

// The dead man's switch: silence is the alarm. A message of the run function is the sign of life.
resource noSealedRun 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'no-sealed-run-${token}'
  location: location
  tags: tags
  properties: {
    displayName: 'Tallyman has sealed no run for 26 hours'
    description: 'See “Nothing was sealed” in docs/operations.md.'
    enabled: true
    severity: 1
    scopes: [telemetryId]
    evaluationFrequency: 'PT1H'
    windowSize: 'P2D'
    criteria: {
      allOf: [
        {
          query: 'traces | where timestamp > ago(26h) | where message has "is sealed as entry"'
          timeAggregation: 'Count'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [operators.id] }
  }
}

// The health function calls a gap accounted for, and a mail that nobody got keeps no stream back: a person must look.
resource lostWork 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'lost-work-${token}'
  location: location
  tags: tags
  properties: {
    displayName: 'Tallyman could not make a run, or not send a mail'
    description: 'See “A gap was sealed, or a mail failed” in docs/operations.md.'
    enabled: true
    severity: 2
    scopes: [telemetryId]
    evaluationFrequency: 'PT1H'
    // Twice as long as it waits, because lines come late.
    windowSize: 'PT2H'
    criteria: {
      allOf: [
        {
          query: 'traces | where message has "is sealed as a gap" or message matches regex "accepted, [1-9][0-9]* failed, "'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: false
    actions: { actionGroups: [operators.id] }
  }
}

// Asks the health function from outside: 503 when a stream is overdue or its chain has a defect.
resource healthTest 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'health-${token}'
  location: location
  tags: union(tags, { 'hidden-link:${telemetryId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'health-${token}'
    Name: 'Tallyman health'
    Enabled: true
    Frequency: 900
    Timeout: 120
    Kind: 'standard'
    RetryEnabled: true
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'us-va-ash-azr' }
    ]
    Request: { RequestUrl: healthUrl, HttpVerb: 'GET' }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 7 }
  }
}

resource healthAlert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'health-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'A stream is overdue, a chain has a defect, or the app does not answer.'
    enabled: true
    severity: 1
    scopes: [healthTest.id, telemetryId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: healthTest.id
      componentId: telemetryId
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: operators.id }]
  }
}

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: 'budget-tallyman-${token}'
  properties: {
    category: 'Cost'
    amount: monthlyBudget
    timeGrain: 'Monthly'
    timePeriod: { startDate: budgetStart }
    notifications: {
      most: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        contactEmails: [operatorEmail]
      }
      all: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        contactEmails: [operatorEmail]
      }
    }
  }
}
