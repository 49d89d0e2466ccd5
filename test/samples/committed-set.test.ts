import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSamples } from '../../src/samples/generate';
import type { SampleOptions } from '../../src/samples/generate';
import { listFiles } from './read-samples';

const committed = join(__dirname, '../../samples/logs');

describe('the committed sample logs', () => {
  it('are, byte for byte, what the generator makes of the options beside them', async () => {
    const text = readFileSync(join(committed, 'samples.json'), 'utf8');
    const options = JSON.parse(text) as Omit<SampleOptions, 'timeZone' | 'out'>;
    const out = mkdtempSync(join(tmpdir(), 'samples-'));
    await generateSamples({ ...options, timeZone: 'Asia/Seoul', out });
    const files = listFiles(committed).filter((path) => path !== 'samples.json');
    expect(listFiles(out)).toEqual(files);
    const different = files.filter(
      (path) => !readFileSync(join(out, path)).equals(readFileSync(join(committed, path))),
    );
    rmSync(out, { recursive: true });
    expect(different).toEqual([]);
  });

  it('take at most three megabytes', () => {
    const bytes = listFiles(committed).map((path) => readFileSync(join(committed, path)).length);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_000_000);
  });
});
