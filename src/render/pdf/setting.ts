import type { Language } from '../../core/language';
import type { LongTables } from '../long-table';
import type { ViewElement } from '../vocabulary';
import type { Flow } from './flow';
import type { OutlineEntry } from './outline';

/** What blocks are set with. */
export interface Setting {
  readonly flow: Flow;
  readonly tables: LongTables;
  /** Headings, as the outline and the contents page have them. */
  readonly outline: ReadonlyMap<ViewElement, OutlineEntry>;
  /** Of the title and of the rule above each chapter. */
  readonly headingColor: string;
  readonly language: Language;
  /** The finding whose values may go to the next page. */
  readonly splitFinding?: ViewElement;
}
