import { mapInParallel } from '../core/in-parallel';
import type { LogRequest } from '../core/logs';
import { receivedFor, registryOf } from './blob-paths';
import type { LogFile, LogTree } from './log-tree';
import type { TableShape } from './table-shape';

const LISTS_AT_ONCE = 8;

/** What a log archive holds for a request. */
export interface LogListing {
  /** The tables whose container exists. */
  readonly present: readonly TableShape[];
  /** Every registry of the scope that has a folder, however old its last record is: silence must show. */
  readonly registries: readonly string[];
  /** The blobs of each table that was asked for and is present, in order of their paths. */
  readonly files: ReadonlyMap<TableShape, Promise<readonly LogFile[]>>;
}

/** Lists what a request needs; the tables are listed at the same time, and each can be awaited by itself. */
export async function listLogs(
  tree: LogTree,
  shapes: readonly TableShape[],
  request: LogRequest,
): Promise<LogListing> {
  const categories = await tree.categories();
  const present = shapes.filter(({ category }) => categories.includes(category));
  const resources = await Promise.all(present.map(({ category }) => tree.resources(category)));
  const files = new Map<TableShape, Promise<readonly LogFile[]>>();
  for (const [index, shape] of present.entries()) {
    if (!request.tables.includes(shape.table)) continue;
    const list = listFiles(tree, shape, resources[index] ?? [], request);
    // Trouble is thrown to whoever awaits this table's list, which may be later.
    list.catch(() => undefined);
    files.set(shape, list);
  }
  return { present, registries: registriesOf(resources.flat(), request), files };
}

async function listFiles(
  tree: LogTree,
  shape: TableShape,
  resources: readonly string[],
  request: LogRequest,
): Promise<readonly LogFile[]> {
  const received = receivedFor(request.window);
  const inside = resources.filter((resource) => inScope(shape, resource, request));
  const lists = await mapInParallel(inside, LISTS_AT_ONCE, async (resource) => {
    const files: LogFile[] = [];
    for await (const file of tree.list(shape.category, resource, received)) files.push(file);
    return files;
  });
  // The order in which a tree lists must not show in any answer.
  return lists.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The Activity Log belongs to a subscription; everything else to one registry. */
function inScope(shape: TableShape, resource: string, request: LogRequest): boolean {
  if (!shape.byRegistry) return true;
  const registry = registryOf(resource);
  if (registry === undefined) return false;
  const { registries } = request.scope;
  return registries === 'all' || registries.includes(registry);
}

function registriesOf(resources: readonly string[], request: LogRequest): readonly string[] {
  const { registries } = request.scope;
  const names = resources.map(registryOf).filter((name) => name !== undefined);
  return [...new Set(names)]
    .filter((name) => registries === 'all' || registries.includes(name))
    .sort();
}
