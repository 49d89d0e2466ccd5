import type { Archive } from '../core/archive';
import { isStreamName } from './layout';

/** Every stream that has a chain in an archive, in order of name, also those that no report defines any more. */
export async function streamsIn(archive: Archive): Promise<string[]> {
  const streams = new Set<string>();
  for await (const { path } of archive.list('')) {
    const [stream = '', folder] = path.split('/');
    if (folder === 'chain' && isStreamName(stream)) streams.add(stream);
  }
  return [...streams].sort();
}
