import type { InvocationContext } from '@azure/functions';
import type { SpanAttributes } from '../../core/spans';
import { inSpan } from '../../core/spans';
import { appParts } from './app-parts';

/** Does the work of one invocation in a span below the host's own, and sends its spans before the host may stop the process. */
export async function traced<T>(
  context: InvocationContext,
  name: string,
  attributes: SpanAttributes,
  work: () => Promise<T>,
): Promise<T> {
  const { traces } = await appParts();
  if (traces === undefined) return work();
  try {
    return await traces.below(context.traceContext?.traceParent, () =>
      inSpan(name, attributes, work),
    );
  } finally {
    await traces.flush();
  }
}
