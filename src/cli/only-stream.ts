import type { Archive } from '../core/archive';
import { TallymanError } from '../core/errors';

/** The stream of an archive that has one alone. Throws ARGUMENT_INVALID for any other. */
export async function onlyStream(archive: Archive): Promise<string> {
  const { streamsIn } = await import('../archive/streams-in.js');
  const streams = await streamsIn(archive);
  const [stream, second] = streams;
  if (stream !== undefined && second === undefined) return stream;
  throw new TallymanError(
    'ARGUMENT_INVALID',
    stream === undefined
      ? 'The archive has no stream.'
      : '--stream: the archive has more than one stream.',
    {
      hint: stream === undefined ? 'Give another folder.' : `Choose one: ${streams.join(', ')}.`,
    },
  );
}
