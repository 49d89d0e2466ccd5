import { DuckDBDecimalValue } from '@duckdb/node-api';
import type { Cell, KustoType } from '../core/table';
import { ticksToIso, ticksToTimespanText } from './ticks';

/** Turns one value as DuckDB gives it into the wire form of a Kusto type (see Cell). */
export function toCell(value: unknown, type: KustoType): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return bigintCell(value, type);
  if (typeof value === 'number') return numberCell(value);
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  // What is left is DuckDB's DECIMAL value, which prints itself exactly.
  return value instanceof DuckDBDecimalValue ? plainDecimal(value.toString()) : null;
}

function bigintCell(value: bigint, type: KustoType): Cell {
  if (type === 'datetime') return ticksToIso(value);
  if (type === 'timespan') return ticksToTimespanText(value);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function numberCell(value: number): Cell {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'Infinity';
  return value === -Infinity ? '-Infinity' : value;
}

/** The scale of DuckDB's column shows in its zeros, which say nothing. */
function plainDecimal(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
