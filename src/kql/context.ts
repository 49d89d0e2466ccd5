import type { Instant } from '../core/period';
import type { KustoType } from '../core/table';
import { KqlError, placeOf, type Place } from './errors';
import type { Expr, Field, Relation, Share } from './ir';
import type { Schema } from './schema';
import type { SyntaxNode } from './syntax';

/** What a name of a query stands for. */
export type Binding =
  | { readonly kind: 'scalar'; readonly value: Expr }
  | { readonly kind: 'table'; readonly share: Share }
  | { readonly kind: 'function'; readonly declaration: SyntaxNode; readonly names: Names };

/** What names stand for; the inner ones hide those around them. */
export type Names = ReadonlyMap<string, Binding>;

/** What an expression or operator can see. */
export interface Scope {
  readonly names: Names;
  /** The current row; undefined where there is none. */
  readonly row: readonly Field[] | undefined;
  /** Within a partition: what tells it from the others. Functions see no rows of other partitions. */
  readonly group?: readonly Expr[];
  /** In a step of `scan`: the step's state by its name. */
  readonly states?: ReadonlyMap<string, readonly Field[]>;
  /** The other side's row, in a join's condition. */
  readonly right?: readonly Field[];
  /** Inside a function's body: where it was called, because the body has no place of its own. */
  readonly calledAt?: Place;
}

/** Lowers one operator of a pipeline, which takes the rows of its input. */
export type OperatorLowering = (
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
) => Relation;

/** What lowering one query carries along: ids, places, and the parts that call each other. */
export class Context {
  readonly tables = new Set<string>();
  /** What `set` statements have set. */
  readonly options = new Map<string, Expr>();
  /** Set when Kusto itself may give another answer. */
  approximate = false;
  private nextId = 1;
  private nodes = 0;

  constructor(
    readonly text: string,
    readonly schema: Schema,
    readonly now: Instant,
    /** Lowers a tabular expression. */
    readonly relation: (context: Context, node: SyntaxNode, scope: Scope) => Relation,
    /** Lowers the call of a function that the query itself defines. */
    readonly userCall: (context: Context, node: SyntaxNode, scope: Scope) => Expr | Relation,
    readonly operator: OperatorLowering,
  ) {}

  /** A field with an id that no other has. */
  field(name: string, type: KustoType): Field {
    this.nextId += 1;
    return { id: this.nextId, name, type };
  }

  /** A field under a name that no column of a query can have. */
  hidden(type: KustoType): Field {
    return this.field(`\0${this.id()}`, type);
  }

  /** A number that nothing else of the query has. */
  id(): number {
    this.nextId += 1;
    return this.nextId;
  }

  /** Counts what is lowered, because functions that call functions can unfold without end. */
  count(node: SyntaxNode, scope: Scope): void {
    this.nodes += 1;
    if (this.nodes > 50_000) {
      throw new KqlError('KQL_LIMIT', 'the query is too large', this.place(node, scope));
    }
  }

  /** Where a node stands in the query's text; of one in a function's body, where that was called. */
  place(node: SyntaxNode, scope: Scope): Place {
    return scope.calledAt ?? placeOf(this.text, node.start);
  }

  /** The error for what is not known to be translated correctly. */
  unsupported(what: string, node: SyntaxNode, scope: Scope, hint?: string): KqlError {
    return unsupported(what, this.place(node, scope), hint);
  }
}

/** `what` is quoted Kusto or a description; the message says that it is not supported offline. */
export function unsupported(what: string, place: Place, hint?: string): KqlError {
  return new KqlError('KQL_UNSUPPORTED', `${what} is not supported offline`, place, hint);
}
