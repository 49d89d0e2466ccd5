import { streamsIn } from '../../src/archive/streams-in';
import { buildArchive, fillArchive } from '../support/archives';

it('names every stream with a chain, in order, and nothing else', async () => {
  const test = await buildArchive({ periods: 1, gaps: [], reportId: 'weekly' });
  try {
    const { archive, signer } = test;
    await fillArchive(archive, signer, { periods: 1, gaps: [], reportId: 'daily' });
    await archive.create('begun.all/runs/2026-03-02/run.json', Buffer.from('{}'));
    await archive.create('No-Stream/chain/00000001.sigstore.json', Buffer.from('{}'));
    expect(await streamsIn(archive)).toEqual(['daily.all', 'weekly.all']);
  } finally {
    await test.remove();
  }
});
