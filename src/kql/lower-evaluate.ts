import type { Context, OperatorLowering, Scope } from './context';
import type { Relation } from './ir';
import { lowerBagUnpack } from './lower-bag-unpack';
import { lowerIpv4Lookup } from './lower-ipv4-lookup';
import { lowerNarrow } from './lower-narrow';
import { lowerPivot } from './lower-pivot';
import { whyRefused } from './refused';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';

/** The plugins that are known to be translated right; all others are refused. */
const PLUGINS: Readonly<Record<string, OperatorLowering>> = {
  bag_unpack: lowerBagUnpack,
  ipv4_lookup: lowerIpv4Lookup,
  narrow: lowerNarrow,
  pivot: lowerPivot,
};

/** The names of the plugins on the list. */
export const SUPPORTED_PLUGINS: readonly string[] = Object.keys(PLUGINS);

/** `evaluate`: a plugin by its name. */
export function lowerEvaluate(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const call = slot(operator, 'FunctionCall');
  const name = call.symbol?.name ?? firstToken(call);
  const lower = Object.hasOwn(PLUGINS, name) ? PLUGINS[name] : undefined;
  if (lower === undefined || slotItems(operator, 'Parameters').length > 0) {
    throw context.unsupported(`the plugin '${name}'`, operator, scope, whyRefused(name));
  }
  return lower(context, input, operator, scope);
}
