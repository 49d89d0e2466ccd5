// Compares the resources of infra/*.bicep with Azure's own resource types, offline: unknown properties, missing ones,
// literals of a wrong type or outside an enumeration. The types come from the program azmcp of the npm package
// @azure/mcp-linux-x64 (58 MB, so it is no dependency):
//
//   npm install --no-save --prefix /tmp/azmcp @azure/mcp-linux-x64@2.0.5
//   npm run check:bicep -- /tmp/azmcp/node_modules/@azure/mcp-linux-x64/dist/azmcp [folder]
//
// It knows the latest version of each type, and not every type: those are named. It computes no expressions.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Language, Parser } from 'web-tree-sitter';

const [azmcp, folder = fileURLToPath(new URL('.', import.meta.url))] = process.argv.slice(2);
if (azmcp === undefined) {
  console.error(
    'Give the path of azmcp; the first lines of infra/check-bicep.mjs say where it comes from.',
  );
  process.exit(64);
}
const require = createRequire(import.meta.url);
await Parser.init();
const parser = new Parser();
parser.setLanguage(
  await Language.load(readFileSync(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm'))),
);

/** What a resource has that its type's body does not list: the language's own, and what says where it lies. */
const OWN = ['parent', 'scope', 'dependsOn', 'name', 'location', 'tags'];
const PRIMITIVE = { string: ['string'], number: ['int'], boolean: ['bool'], object: [], array: [] };

const problems = [];
const unknownTypes = new Set();
const schemas = new Map();
let resources = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith('.bicep'))) {
  const tree = parser.parse(readFileSync(join(folder, file), 'utf8'));
  for (const node of tree.rootNode.namedChildren) {
    if (node.type === 'resource_declaration') checkResource(file, node);
  }
}
for (const problem of problems) console.log(problem);
for (const type of unknownTypes) console.log(`not checked: azmcp does not know ${type}`);
console.log(
  `${resources} resources checked, ${problems.length} problems, ${unknownTypes.size} types not known`,
);
// A program that can't even run knows no type at all.
process.exit(problems.length === 0 && resources > 0 ? 0 : 1);

function checkResource(file, node) {
  if (/^\S+ \S+ '[^']+' existing\b/.test(node.text)) return;
  const [type = ''] = (node.namedChildren[1]?.text ?? '').slice(1, -1).split('@');
  const schema = schemaOf(type);
  if (schema === undefined) {
    unknownTypes.add(type);
    return;
  }
  resources += 1;
  const body = bodyOf(node.namedChildren[2]);
  if (body !== undefined) checkObject(file, body, schema.body, schema, OWN);
}

/** The object of a resource, below `if (…)` or `[for … : …]`. */
function bodyOf(node) {
  if (node === undefined || node.type === 'object') return node;
  return bodyOf(
    node.namedChildren.findLast(({ type }) =>
      ['object', 'if_statement', 'for_statement'].includes(type),
    ),
  );
}

function checkObject(file, object, type, schema, free = []) {
  const known = new Map(type.properties.map((property) => [property.name, property]));
  const given = new Set();
  for (const property of object.namedChildren.filter((child) => child.type === 'object_property')) {
    const [key, value] = property.namedChildren;
    const name = key.text.replace(/^'|'$/g, '');
    given.add(name);
    const declared = known.get(name);
    if (declared !== undefined) checkValue(file, name, value, declared.type, schema);
    else if (!free.includes(name) && !type.open)
      problem(file, key, `${type.name} has no property ${name}`);
  }
  for (const { name, flags = '' } of type.properties) {
    if (/\bRequired\b/.test(flags) && !given.has(name))
      problem(file, object, `${type.name} needs ${name}`);
  }
}

/** `string`, `a | b | string`, `string[]`, `SiteConfig`, `SiteConfig[]`. */
function checkValue(file, name, value, declared, schema) {
  if (typeof declared !== 'string') return;
  const kinds = declared.split(' | ').map((kind) => kind.trim());
  const list = kinds.length === 1 && declared.endsWith('[]') ? declared.slice(0, -2) : undefined;
  if (value.type === 'array' && list !== undefined) {
    for (const item of value.namedChildren) checkValue(file, name, item, list, schema);
    return;
  }
  const object = kinds.length === 1 ? schema.objects.get(declared) : undefined;
  if (value.type === 'object' && object !== undefined)
    return checkObject(file, value, object, schema);
  const literal = PRIMITIVE[value.type];
  if (literal === undefined || kinds.includes('any') || value.text.includes('${')) return;
  if (literal.some((kind) => kinds.includes(kind))) return;
  const isReference = object !== undefined || list !== undefined;
  if (value.type === 'object' || value.type === 'array') {
    // Objects of which nothing is known, and lists of them, are any.
    if (kinds.every((kind) => ['string', 'int', 'bool'].includes(kind)) && kinds.length > 0)
      problem(file, value, `${name} is ${declared}`);
    return;
  }
  if (isReference || (value.type === 'string' && !kinds.includes(value.text.slice(1, -1))))
    problem(file, value, `${name} is ${declared}, not ${value.text}`);
  else if (value.type !== 'string')
    problem(file, value, `${name} is ${declared}, not ${value.text}`);
}

function problem(file, node, text) {
  problems.push(`${file}:${node.startPosition.row + 1}: ${text}`);
}

/** The body and the named objects of a type; undefined for one that azmcp does not know. */
function schemaOf(type) {
  if (!schemas.has(type)) schemas.set(type, readSchema(type));
  return schemas.get(type);
}

function readSchema(type) {
  let text;
  try {
    text = execFileSync(azmcp, ['bicepschema', 'get', '--resource-type', type], {
      encoding: 'utf8',
      env: {
        ...process.env,
        AZURE_MCP_COLLECT_TELEMETRY: 'false',
        // Otherwise .NET ends where ICU is not installed.
        DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch {
    return undefined;
  }
  const results = JSON.parse(text.slice(text.indexOf('{'))).results?.BicepSchemaResult;
  const resource = results?.find(
    ({ $type, name }) => $type === 'Resource' && name.startsWith(`${type}@`),
  );
  if (resource === undefined) return undefined;
  const objects = new Map();
  for (const result of results) {
    if (result.$type !== 'Object') continue;
    objects.set(result.name, {
      ...result,
      open: result.additionalPropertiesType !== undefined || result.properties.length === 0,
    });
  }
  const body = resource.bodyType;
  return {
    objects,
    body: { ...body, properties: body.properties ?? [], open: body.$type !== 'Object' },
  };
}
