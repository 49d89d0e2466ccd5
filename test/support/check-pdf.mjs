// Checks a PDF against the rules of PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) that a program can check without
// a validator, and prints what it breaks as JSON. It reads the file through qpdf, which shares no code with the writer.
// It is no substitute for veraPDF.
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';

const file = process.argv[2];
const qpdf = (...args) =>
  execFileSync('qpdf', [...args, file], { maxBuffer: 1 << 30, encoding: 'utf8' });
const json = JSON.parse(
  qpdf('--json=2', '--json-stream-data=inline', '--decode-level=generalized'),
);
const objects = json.qpdf[1];
const problems = new Set();
const complain = (rule, message) => problems.add(`${rule}: ${message}`);

/** What a reference leads to; a stream’s dictionary stands for it. */
function resolve(value) {
  if (typeof value !== 'string' || !/^\d+ \d+ R$/.test(value)) return value;
  const object = objects[`obj:${value}`];
  if (object === undefined) complain('6.1', `${value} leads nowhere`);
  return object?.stream?.dict ?? object?.value;
}

function streamOf(reference) {
  const data = objects[`obj:${reference}`]?.stream?.data;
  return data === undefined ? undefined : Buffer.from(data, 'base64');
}

const text = (value) => (typeof value === 'string' ? value.replace(/^[ub]:/, '') : value);
const get = (object, key) => resolve(resolve(object)?.[key]);

const trailer = objects.trailer.value;
const catalog = resolve(trailer['/Root']);
const info = resolve(trailer['/Info']) ?? {};
const metadata = streamOf(catalog['/Metadata'])?.toString('utf8') ?? '';
const level = /<pdfaid:conformance>(.)</.exec(metadata)?.[1];
const tagged = level === 'A';

checkFile();
checkMetadata();
checkCatalog();
checkOutline();
const pages = pagesOf(catalog['/Pages']);
const numbers = parentTree();
const linked = new Set();
const used = new Map();
let names;
const OPERATORS = new Set(['cm', 'BT', 'ET', 'Tm', 'rg', 'RG', 'w', 're']);
const owners = tagged ? readStructure() : new Map();
for (const page of pages) checkPage(page);
checkFonts();
checkEverything();
console.log(JSON.stringify([...problems].sort()));

function checkFile() {
  if (!Array.isArray(trailer['/ID']) || trailer['/ID'].length !== 2)
    complain('6.1.3', 'no file identifier');
  if (trailer['/Encrypt'] !== undefined) complain('6.1.3', 'encrypted');
}

function checkMetadata() {
  if (get(catalog['/Metadata'], '/Filter') !== undefined)
    complain('6.6.2.1', 'metadata is compressed');
  if (!/<pdfaid:part>3</.test(metadata)) complain('6.6.4', 'the metadata does not say PDF/A-3');
  if (tagged && !/<pdfuaid:part>1</.test(metadata))
    complain('UA 5', 'the metadata does not say PDF/UA-1');
  if (tagged && !metadata.includes('<pdfaSchema:prefix>pdfuaid<')) {
    complain('6.6.2.3', 'the schema of pdfuaid is not described');
  }
  const plain = (xml) => xml?.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
  const found = (pattern) => plain(pattern.exec(metadata)?.[1]);
  const pairs = [
    ['/Title', found(/<dc:title>\s*<rdf:Alt>\s*<rdf:li xml:lang="x-default">([^<]*)</)],
    ['/Creator', found(/<xmp:CreatorTool>([^<]*)</)],
    ['/Producer', found(/<pdf:Producer>([^<]*)</)],
  ];
  for (const [key, value] of pairs) {
    const own = text(resolve(info[key]));
    if (own === undefined || own !== value)
      complain('6.6.2.2', `${key} is ${own} here and ${value} in the metadata`);
  }
  const date = text(resolve(info['/CreationDate'])) ?? '';
  const created = found(/<xmp:CreateDate>([^<]*)</)?.replace(/[-:TZ]/g, '');
  if (date !== `D:${created}Z`)
    complain('6.6.2.2', `/CreationDate is ${date} here and ${created} there`);
}

/** ISO 32000-1, 12.3.3: an item with items of its own says how many, negative when they are hidden. */
function checkOutline() {
  const itemsOf = (parent) => {
    const items = [];
    for (let item = get(parent, '/First'); item !== undefined; item = get(item, '/Next'))
      items.push(item);
    return items;
  };
  for (const chapter of itemsOf(catalog['/Outlines'])) {
    const items = itemsOf(chapter);
    if (items.length > 0 && Math.abs(chapter['/Count'] ?? 0) !== items.length)
      complain('12.3.3', 'an item of the outline does not say how many it has');
  }
}

function checkCatalog() {
  const [intent] = catalog['/OutputIntents'] ?? [];
  if (get(intent, '/S') !== '/GTS_PDFA1') complain('6.2.3', 'no output intent');
  const profile = streamOf(resolve(intent)?.['/DestOutputProfile']);
  if (profile?.toString('latin1', 36, 40) !== 'acsp')
    complain('6.2.3', 'the output intent has no ICC profile');
  if (profile?.toString('latin1', 16, 20) !== 'RGB ')
    complain('6.2.4.3', 'the profile is not for RGB');
  for (const key of ['/OpenAction', '/AA', '/AcroForm', '/Perms', '/OCProperties']) {
    if (catalog[key] !== undefined) complain('6.4', `the catalog has ${key}`);
  }
  if (get(catalog['/Names'], '/JavaScript') !== undefined) complain('6.5', 'there is JavaScript');
  const files = get(get(catalog['/Names'], '/EmbeddedFiles'), '/Names') ?? [];
  const associated = new Set(catalog['/AF'] ?? []);
  for (const reference of files.filter((_, index) => index % 2 === 1)) {
    const file = resolve(reference);
    if (!associated.has(reference)) complain('6.8', 'an embedded file is not associated');
    if (!['/Data', '/Source'].includes(file['/AFRelationship']))
      complain('6.8', 'a file without relationship');
    if (text(file['/F']) === undefined || text(file['/UF']) !== text(file['/F']))
      complain('6.8', 'a file without name');
    if (text(file['/Desc']) === undefined) complain('6.8', 'a file without description');
    const embedded = file['/EF']?.['/F'];
    if (!/^\/[a-z]+\/[a-z]+$/.test(get(embedded, '/Subtype') ?? ''))
      complain('6.8', 'a file without MIME type');
    if (get(get(embedded, '/Params'), '/Size') !== streamOf(embedded)?.length)
      complain('6.8', 'a file’s size is wrong');
  }
  if (!tagged) return;
  if (!/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(text(catalog['/Lang']) ?? ''))
    complain('6.7.4', 'no language');
  if (get(catalog['/MarkInfo'], '/Marked') !== true) complain('6.7.2', 'not marked');
  if (get(catalog['/MarkInfo'], '/Suspects') === true) complain('UA 7.1', 'suspects');
  if (get(catalog['/ViewerPreferences'], '/DisplayDocTitle') !== true)
    complain('UA 7.1', 'the title is not shown');
  if (!text(resolve(info['/Title']))) complain('UA 7.1', 'no title');
}

function pagesOf(node) {
  const dictionary = resolve(node);
  if (dictionary['/Type'] === '/Page') return [{ reference: node, dictionary }];
  return dictionary['/Kids'].flatMap(pagesOf);
}

/** The structure’s elements by their reference, checked; what owns each mark of each page. */
function readStructure() {
  const ROLES = new Set(
    (
      'Document Sect Div H1 H2 H3 P Code L LI Lbl LBody Table THead TBody TR TH TD Figure Caption Link TOC TOCI ' +
      'Reference'
    ).split(' '),
  );
  const MAY_HOLD = {
    L: ['LI'],
    LI: ['Lbl', 'LBody'],
    Table: ['THead', 'TBody', 'TR'],
    THead: ['TR'],
    TBody: ['TR'],
    TR: ['TH', 'TD'],
    TOC: ['TOCI'],
  };
  const IN = {
    LI: ['L'],
    LBody: ['LI'],
    TR: ['Table', 'THead', 'TBody'],
    TH: ['TR'],
    TD: ['TR'],
    TOCI: ['TOC'],
  };
  const marks = new Map();
  let lastHeading = 0;
  const root = catalog['/StructTreeRoot'];
  const visit = (reference, parent, parentRole) => {
    const element = resolve(reference);
    const role = element['/S'].slice(1);
    if (!ROLES.has(role)) complain('6.7.3', `role ${role} is not known`);
    if (element['/P'] !== parent) complain('6.7.3', `a ${role} names another parent`);
    if (MAY_HOLD[parentRole] && !MAY_HOLD[parentRole].includes(role))
      complain('UA 7.2', `${role} in ${parentRole}`);
    if (IN[role] && !IN[role].includes(parentRole)) complain('UA 7.2', `${role} in ${parentRole}`);
    if (role === 'Figure' && !text(element['/Alt'])) complain('UA 7.3', 'a figure without words');
    if (role === 'TH' && element['/A']?.['/Scope'] === undefined)
      complain('UA 7.5', 'a heading without scope');
    if (/^H\d$/.test(role)) {
      const depth = Number(role[1]);
      if (depth > lastHeading + 1) complain('UA 7.4', `H${lastHeading} is followed by ${role}`);
      lastHeading = depth;
    }
    const kids = [element['/K'] ?? []].flat();
    let annotations = 0;
    let cells = 0;
    for (const kid of kids) {
      if (typeof kid === 'number') own(element['/Pg'], kid, reference, role);
      else if (typeof kid === 'string') {
        cells++;
        visit(kid, reference, role);
      } else if (kid['/Type'] === '/MCR')
        own(kid['/Pg'] ?? element['/Pg'], kid['/MCID'], reference, role);
      else if (kid['/Type'] === '/OBJR') {
        annotations++;
        if (numbers.get(resolve(kid['/Obj'])['/StructParent']) !== reference) {
          complain('UA 7.18.5', 'an annotation’s parent is another one');
        }
        linked.add(kid['/Obj']);
      }
    }
    if (role === 'Link' && annotations === 0) complain('UA 7.18.5', 'a link without annotation');
    if (role === 'TR') {
      if (parentRole === 'THead') width = cells;
      else if (cells !== width)
        complain('UA 7.5', `a row of ${cells} cells under a heading of ${width}`);
    }
  };
  let width = 0;
  const own = (page, mark, reference, role) => {
    const key = `${page} ${mark}`;
    if (marks.has(key)) complain('6.7.3', `mark ${key} belongs to two elements`);
    marks.set(key, { reference, role });
  };
  for (const kid of get(root, '/K')) visit(kid, root, 'root');
  return marks;
}

function checkPage({ reference, dictionary }) {
  if (tagged && dictionary['/Tabs'] !== '/S')
    complain('UA 7.18.3', 'the tab order is not that of the structure');
  if (dictionary['/AA'] !== undefined) complain('6.5', 'a page has actions');
  if (get(dictionary, '/Group') !== undefined) complain('6.2.10', 'a page has transparency');
  const resources = resolve(dictionary['/Resources']);
  for (const annotation of dictionary['/Annots'] ?? []) checkAnnotation(annotation);
  const content = [dictionary['/Contents']]
    .flat()
    .map((part) => streamOf(part).toString('latin1'))
    .join('\n');
  const own = tagged ? (numbers.get(dictionary['/StructParents']) ?? []) : [];
  const parents = resolve(own);
  const seen = new Set();
  let depth = 0;
  let font;
  let saved = 0;
  for (const { operator, operands } of operatorsOf(content)) {
    if (operator === 'BDC' || operator === 'BMC') {
      if (depth > 0) complain('6.7', 'marks inside marks');
      depth++;
      const mark = /\/MCID (\d+)/.exec(operands.join(' '))?.[1];
      if (operator === 'BDC' && mark === undefined) complain('6.7', 'a mark without number');
      if (mark !== undefined) {
        if (seen.has(mark)) complain('6.7', `mark ${mark} comes twice`);
        seen.add(mark);
        const owner = owners.get(`${reference} ${mark}`);
        if (owner === undefined) complain('6.7', `nothing owns mark ${mark}`);
        else if (parents[Number(mark)] !== owner.reference)
          complain('6.7', 'the parent tree says otherwise');
      } else if (operands[0] !== '/Artifact')
        complain('6.7', `content marked as ${operands[0]} only`);
    } else if (operator === 'EMC') {
      depth--;
    } else if (operator === 'Tf') {
      font = resources['/Font'][operands[0]];
      if (font === undefined)
        complain('6.2.2', `the font ${operands[0]} is no resource of its page`);
    } else if (operator === 'q' || operator === 'Q') {
      // A picture's matrix is taken back after it.
      saved += operator === 'q' ? 1 : -1;
      if (saved < 0 || saved > 28) complain('6.1.13', 'graphics states saved and not taken back');
    } else if (/^(Tj|TJ|f|S|B|Do|sh)$/.test(operator)) {
      if (operator === 'Do' && resources['/XObject']?.[operands[0]] === undefined)
        complain('6.2.2', `the picture ${operands[0]} is no resource of its page`);
      if (tagged && depth === 0) complain('UA 7.1', `${operator} outside every mark`);
      if (operator === 'Tj' || operator === 'TJ') useGlyphs(font, operands.join(''));
    } else if (!OPERATORS.has(operator))
      complain('6.2.2', `the operator ${operator} is not expected`);
  }
  if (depth !== 0) complain('6.7', 'a mark is not closed');
}

function parentTree() {
  const entries = get(get(catalog['/StructTreeRoot'], '/ParentTree'), '/Nums') ?? [];
  const tree = new Map();
  for (let i = 0; i < entries.length; i += 2) tree.set(entries[i], entries[i + 1]);
  return tree;
}

function checkAnnotation(reference) {
  const annotation = resolve(reference);
  if (annotation['/Subtype'] !== '/Link')
    complain('6.3.1', `an annotation of kind ${annotation['/Subtype']}`);
  if (annotation['/F'] !== 4) complain('6.3.2', 'an annotation is not printed');
  if (tagged && !text(annotation['/Contents'])) complain('UA 7.18.5', 'a link without words');
  if (tagged && !linked.has(reference)) complain('UA 7.18.1', 'a link outside the structure');
  const action = resolve(annotation['/A']) ?? {};
  if (action['/S'] === '/URI') {
    if (!text(resolve(action['/URI'])).startsWith('https://'))
      complain('6.5', 'a link that is not https');
  } else if (action['/S'] !== '/GoTo') complain('6.5.1', `an action of kind ${action['/S']}`);
  else if (!destinations().has(text(action['/D'])))
    complain('6.1', `a link to ${text(action['/D'])}, which is nowhere`);
}

function destinations() {
  if (names !== undefined) return names;
  const entries = get(get(catalog['/Names'], '/Dests'), '/Names') ?? [];
  const keys = entries.filter((_, index) => index % 2 === 0).map(text);
  if (keys.some((key, index) => index > 0 && !(keys[index - 1] < key)))
    complain('7.9.6', 'names are not sorted');
  names = new Set(keys);
  return names;
}

/** The operators of a page’s content with their operands, strings as they stand in the file. */
function* operatorsOf(content) {
  const token =
    /\((?:[^\\()]|\\[\s\S])*\)|<<[^>]*>>|\/[^\s()<>[\]/]+|\[|\]|[-+.\d]+|[A-Za-z*'"]+|\S/g;
  let operands = [];
  for (const [part] of content.matchAll(token)) {
    if (/^[A-Za-z*'"]/.test(part)) {
      yield { operator: part, operands };
      operands = [];
    } else operands.push(part);
  }
}

function useGlyphs(font, operands) {
  if (!used.has(font)) used.set(font, new Set());
  const codes = used.get(font);
  for (const [, inside] of operands.matchAll(/\(((?:[^\\()]|\\[\s\S])*)\)/g)) {
    const bytes = inside.replace(
      /\\([\s\S])/g,
      (_, escaped) => ({ r: '\r', n: '\n' })[escaped] ?? escaped,
    );
    if (bytes.length % 2 !== 0) complain('6.2.11.6', 'half a character');
    for (let i = 0; i < bytes.length; i += 2)
      codes.add(bytes.charCodeAt(i) * 256 + bytes.charCodeAt(i + 1));
  }
}

function checkFonts() {
  for (const [reference, codes] of used) {
    const font = resolve(reference);
    const [descendant] = resolve(font['/DescendantFonts']).map(resolve);
    const program = streamOf(resolve(descendant['/FontDescriptor'])['/FontFile2']);
    const name = font['/BaseFont'];
    if (program === undefined) {
      complain('6.2.11.4', `${name} is not embedded`);
      continue;
    }
    if (!/^\/[A-Z]{6}\+/.test(name))
      complain('6.2.11.4', `${name} is a subset and not named like one`);
    if (font['/Encoding'] !== '/Identity-H') complain('6.2.11.3', `${name} has another encoding`);
    if (descendant['/CIDToGIDMap'] !== '/Identity')
      complain('6.2.11.3.2', `${name} has no map of glyphs`);
    const widths = widthsOf(program);
    const map = unicodeOf(streamOf(font['/ToUnicode'])?.toString('latin1') ?? '');
    const [, given] = descendant['/W'];
    for (const code of codes) {
      if (code === 0) complain('6.2.11.8', `${name} shows .notdef`);
      if (code >= widths.length) complain('6.2.11.4', `${name} lacks glyph ${code}`);
      if (Math.abs((given[code] ?? 1000) - widths[code]) > 1)
        complain('6.2.11.5', `the width of ${code} in ${name}`);
      const characters = map.get(code);
      if (!characters || /^(0000|FEFF|FFFE)$/i.test(characters))
        complain('6.2.11.7', `${code} of ${name} is no character`);
    }
  }
}

/** The widths of a TrueType font’s glyphs in thousandths. */
function widthsOf(program) {
  const tables = new Map();
  for (let i = 0; i < program.readUInt16BE(4); i++) {
    const at = 12 + 16 * i;
    tables.set(program.toString('latin1', at, at + 4), program.readUInt32BE(at + 8));
  }
  const unitsPerEm = program.readUInt16BE(tables.get('head') + 18);
  const glyphs = program.readUInt16BE(tables.get('maxp') + 4);
  const measured = program.readUInt16BE(tables.get('hhea') + 34);
  return Array.from({ length: glyphs }, (_, glyph) => {
    const at = tables.get('hmtx') + 4 * Math.min(glyph, measured - 1);
    return (program.readUInt16BE(at) * 1000) / unitsPerEm;
  });
}

function unicodeOf(cmap) {
  const map = new Map();
  for (const [, first, , list] of cmap.matchAll(/<([0-9a-f]+)> <([0-9a-f]+)> \[([^\]]*)\]/gi)) {
    [...list.matchAll(/<([^>]*)>/g)].forEach(([, characters], index) => {
      map.set(Number.parseInt(first, 16) + index, characters.replaceAll(' ', ''));
    });
  }
  return map;
}

function checkEverything() {
  for (const object of Object.values(objects)) {
    const dictionary = object.stream?.dict ?? object.value;
    if (dictionary === null || typeof dictionary !== 'object') continue;
    const action = dictionary['/S'];
    if (
      ['/JavaScript', '/Launch', '/SubmitForm', '/ImportData', '/ResetForm', '/Movie'].includes(
        action,
      )
    ) {
      complain('6.5.1', `there is an action ${action}`);
    }
    if ([dictionary['/Filter']].flat().includes('/LZWDecode')) complain('6.1.7.2', 'LZW is used');
    if (dictionary['/Type'] === '/ExtGState') complain('6.2.10', 'there may be transparency');
    if (dictionary['/F'] !== undefined && object.stream !== undefined)
      complain('6.1.7.1', 'a stream in another file');
  }
  const header = execFileSync('head', ['-c', '16', file]);
  if (!/^%PDF-1\.7\n%/.test(header.toString('latin1'))) complain('6.1.2', 'the header');
  if (header.subarray(10, 14).some((byte) => byte < 128))
    complain('6.1.2', 'the header’s comment is not binary');
}
