import { open } from 'node:fs/promises';
import { asJsonRecord } from './flatten';
import type { RecordLayout, TableShape } from './table-shape';

/** A first record is seldom longer; one that is tells nothing. */
const SAMPLE_BYTES = 16 * 1024;

/** So many files show all layouts that are common; a record of a rare one is found out. */
const MOST_SAMPLES = 32;

/**
 * The layout that the first records of some files show. A field that none of them has, or that records
 * often lack, is looked for in both places; a record of another layout lacks fields and so is found out.
 */
export async function readLayout(
  shape: TableShape,
  files: readonly string[],
): Promise<RecordLayout> {
  const top = new Set<string>();
  const properties = new Set<string>();
  const note = (record: Readonly<Record<string, unknown>>, place: Set<string>): void => {
    for (const field of shape.fields) if (Object.hasOwn(record, field)) place.add(field);
  };
  const step = Math.ceil(files.length / MOST_SAMPLES);
  const samples = files.filter((_, i) => i % step === 0);
  for (const record of await Promise.all(samples.map(firstRecord))) {
    note(record ?? {}, top);
    note(asJsonRecord(record?.['properties']) ?? {}, properties);
  }
  for (const field of shape.fields) {
    if (shape.optional.includes(field) || (!top.has(field) && !properties.has(field))) {
      top.add(field);
      properties.add(field);
    }
  }
  return { top, properties };
}

async function firstRecord(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    const line = buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? '';
    return asJsonRecord(JSON.parse(line));
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
