import type { Column } from '../core/table';

/** The tables that a query may name, with their columns. Names are case-sensitive. */
export type Schema = Readonly<Record<string, readonly Column[]>>;
