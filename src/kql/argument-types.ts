/** Groups of types that many functions take. */
import type { KustoType } from '../core/table';

export const DYNAMIC: readonly KustoType[] = ['dynamic'];
export const TEXT: readonly KustoType[] = ['string'];
export const WHOLE: readonly KustoType[] = ['int', 'long'];
export const NUMBERS: readonly KustoType[] = [...WHOLE, 'real'];
