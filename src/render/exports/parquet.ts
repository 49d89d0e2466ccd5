import { gzipSync } from 'node:zlib';
import type { ParquetWriteOptions } from 'hyparquet-writer';
import type { Cell } from '../../core/table';
import { columnKinds, nanosecondsOf, type RowSource, type ValueKind } from './row-source';

type SchemaElement = NonNullable<ParquetWriteOptions['schema']>[number];

/** All rows of a group are in memory at once. */
const ROWS_IN_GROUP = 20_000;

/**
 * A table as Apache Parquet: `datetime` as nanoseconds in UTC, whole numbers as INT64, `real` as DOUBLE, `bool` as
 * BOOLEAN, everything else as text; values raw as in the evidence, but half a surrogate pair, which UTF-8 does not
 * have, is U+FFFD. A column that holds what its type does not allow is text. Equal tables give equal bytes.
 */
export async function renderParquet(table: RowSource): Promise<Uint8Array> {
  // It is an ES module, and takes time to load.
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const kinds = columnKinds(table);
  const schema: SchemaElement[] = [
    { name: 'root', num_children: table.columns.length },
    ...table.columns.map(({ name }, i) => ({
      name,
      repetition_type: 'OPTIONAL' as const,
      ...PHYSICAL[kinds[i] ?? 'text'],
    })),
  ];
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    ...{ writer, schema, codec: 'GZIP', createdBy: 'tallyman' },
    compressors: { GZIP: (bytes) => gzipSync(bytes) },
  });
  const writeGroup = (group: readonly (readonly Cell[])[]): void | Promise<void> =>
    file.write({
      columnData: kinds.map((kind, i) => ({
        name: schema[i + 1]?.name ?? '',
        data: group.map((row) => valueOf(row[i] ?? null, kind)),
      })),
      rowGroupSize: ROWS_IN_GROUP,
    });
  let group: (readonly Cell[])[] = [];
  for (const row of table.rows) {
    if (group.push(row) < ROWS_IN_GROUP) continue;
    await writeGroup(group);
    group = [];
  }
  if (group.length > 0) await writeGroup(group);
  await file.finish();
  return writer.getBytes();
}

const PHYSICAL: Readonly<
  Record<ValueKind, Pick<SchemaElement, 'type' | 'logical_type' | 'converted_type'>>
> = {
  bool: { type: 'BOOLEAN' },
  whole: { type: 'INT64' },
  real: { type: 'DOUBLE' },
  moment: {
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' },
  },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
};

function valueOf(cell: Cell, kind: ValueKind): boolean | number | bigint | string | null {
  if (cell === null) return null;
  switch (kind) {
    case 'bool':
      return cell === true;
    case 'whole':
      return BigInt(cell);
    case 'real':
      return Number(cell);
    case 'moment':
      return nanosecondsOf(String(cell)) ?? null;
    case 'text':
      return String(cell);
  }
}
