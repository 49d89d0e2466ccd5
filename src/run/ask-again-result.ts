import type { ChainEntry } from '../archive/chain';
import type { AskedAgain } from '../core/custody';

/** What became of asking a closed period again. */
export type AskAgainResult =
  | { readonly status: 'asked'; readonly asked: AskedAgain; readonly entry?: ChainEntry }
  /** A gap was made up. */
  | { readonly status: 'made-up'; readonly entry: ChainEntry }
  /** Another worker was faster, or the source may answer better at the next wake-up. */
  | { readonly status: 'left' };
