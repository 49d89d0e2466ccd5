import type { Expr, Field, Relation, Share } from './ir';

/**
 * The ids of the fields that a query's answer depends on. Most columns of a table are in no query, and
 * the database takes longer to plan a query the more of them it names.
 */
export function usedFields(query: Relation): ReadonlySet<number> {
  const finder = new Finder();
  finder.visit(query);
  finder.use(query.fields);
  return finder.found();
}

class Finder {
  /** Fields that are needed whatever becomes of the rows: to filter, join, order or group them. */
  private readonly needed: number[] = [];
  /** What a field is made of. */
  private readonly sources = new Map<number, number[]>();
  private readonly seen = new Set<Relation | Share>();

  use(fields: readonly Field[]): void {
    for (const { id } of fields) this.needed.push(id);
  }

  found(): ReadonlySet<number> {
    const used = new Set<number>();
    const open = this.needed;
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (used.has(id)) continue;
      used.add(id);
      open.push(...(this.sources.get(id) ?? []));
    }
    return used;
  }

  visit(relation: Relation): void {
    if (this.seen.has(relation)) return;
    this.seen.add(relation);
    switch (relation.kind) {
      case 'table':
        return;
      case 'values':
        for (const row of relation.rows) this.need(row);
        return;
      case 'range':
        this.need([relation.from, relation.to, relation.step]);
        return;
      case 'project':
        this.visit(relation.input);
        for (const { field, value } of relation.items) this.make(field, [value]);
        return;
      case 'union':
        relation.inputs.forEach((input) => {
          this.visit(input);
        });
        relation.fields.forEach((field, at) => {
          this.make(
            field,
            relation.values.flatMap((values) => values[at] ?? []),
          );
        });
        return;
      case 'join':
        this.visit(relation.left);
        this.visit(relation.right);
        this.need(relation.keys.flatMap(({ left, right }) => [left, right]));
        return;
      case 'shared':
        this.visit(relation.share.relation);
        relation.fields.forEach((field, at) => {
          const source = relation.share.relation.fields[at];
          if (source !== undefined) this.sourcesOf(field).push(source.id);
        });
        return;
      default:
        this.visit(relation.input);
        this.needFor(relation);
    }
  }

  /** What a relation over one other does with its rows. */
  private needFor(relation: Extract<Relation, { readonly input: Relation }>): void {
    switch (relation.kind) {
      case 'filter':
        this.need([relation.condition]);
        return;
      case 'sort':
        this.need(relation.keys.map(({ value }) => value));
        return;
      case 'limit':
        this.need([relation.count, ...relation.group]);
        return;
      case 'aggregate':
        this.need(relation.keys.map(({ value }) => value));
        for (const { args, filter } of relation.aggregates) {
          this.need(filter === undefined ? args : [...args, filter]);
        }
        return;
      case 'expand':
        this.need(relation.items.map(({ list }) => list));
        return;
      case 'match':
        this.need([relation.text]);
        return;
      case 'unique':
      case 'series':
      case 'fold':
        // They look at whole rows.
        this.use(relation.input.fields);
        this.need(partsOf(relation));
        return;
      default:
    }
  }

  private make(field: Field, values: readonly Expr[]): void {
    for (const value of values) this.fieldsOf(value, this.sourcesOf(field));
  }

  /** A field may be made in several places: out of another, and further up out of itself. */
  private sourcesOf({ id }: Field): number[] {
    const known = this.sources.get(id);
    if (known !== undefined) return known;
    const made: number[] = [];
    this.sources.set(id, made);
    return made;
  }

  private need(values: readonly Expr[]): void {
    for (const value of values) this.fieldsOf(value, this.needed);
  }

  private fieldsOf(value: Expr, ids: number[]): void {
    switch (value.kind) {
      case 'field':
        ids.push(value.id);
        return;
      case 'call':
        for (const arg of value.args) this.fieldsOf(arg, ids);
        return;
      case 'window':
        for (const part of [...value.args, ...value.group]) this.fieldsOf(part, ids);
        return;
      case 'bind':
        this.fieldsOf(value.value, ids);
        this.fieldsOf(value.body, ids);
        return;
      case 'scalar':
        this.visit(value.query);
        this.use(value.query.fields.slice(0, 1));
        return;
      default:
    }
  }
}

function partsOf(
  relation: Extract<Relation, { readonly kind: 'unique' | 'series' | 'fold' }>,
): readonly Expr[] {
  switch (relation.kind) {
    case 'unique':
      return relation.keys;
    case 'fold':
      return [...relation.group, ...relation.carried.map(({ next }) => next)];
    case 'series': {
      const { from, to, step } = relation.axis;
      const absent = relation.series.map((series) => series.absent);
      return [from, to, step, ...absent].filter((part) => part !== undefined);
    }
  }
}
