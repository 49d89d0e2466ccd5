import { shortResources } from '../../src/render/short-names';

const SUBSCRIPTION = '/subscriptions/54c76b09-693e-43c4-9978-fe25c550237a';
const GROUP = `${SUBSCRIPTION}/resourcegroups/rg-images`;
const REGISTRY = `${GROUP}/providers/Microsoft.ContainerRegistry/registries/contoso`;

test.each([
  [`on ${REGISTRY}.`, 'on registries/contoso.'],
  [
    `${REGISTRY}/providers/microsoft.insights/diagnosticsettings/audit, ${REGISTRY}/tokens/ci`,
    'registries/contoso/diagnosticsettings/audit, registries/contoso/tokens/ci',
  ],
  // What a right is given on is not left out.
  [
    `${GROUP}/providers/microsoft.authorization/roleassignments/1`,
    'resourcegroups/rg-images/roleassignments/1',
  ],
  [
    `${SUBSCRIPTION}/providers/microsoft.authorization/roleassignments/1`,
    `${SUBSCRIPTION}/roleassignments/1`,
  ],
  [`on ${GROUP}.`, `on ${GROUP}.`],
  [`on ${SUBSCRIPTION}.`, `on ${SUBSCRIPTION}.`],
  ['on /subscriptions/other', 'on /subscriptions/other'],
])('%s is told as %s', (text, short) => {
  expect(shortResources(text)).toBe(short);
});
