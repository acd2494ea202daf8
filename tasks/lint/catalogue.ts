import { quoted, schemaOf } from "./names.ts";
import { bareRelation, type Relation, type RelationKind } from "./relations.ts";

/** How freely a function may answer. */
export type Volatility = "immutable" | "stable" | "volatile";

/** What is known of a database: as it was read, and as the statements that are looked at would change it. */
export class Catalogue {
  readonly #relations = new Map<string, Relation>();
  /** By the name of what they depend on, the names of those that do. */
  readonly #linked = new Map<string, Set<string>>();
  readonly #added = new Set<string>();
  readonly #functions = new Map<string, Volatility>();
  /** By name, the type that they are of, and whether they hold their values to something. */
  readonly #domains = new Map<string, { readonly isHeld: boolean; readonly of: string }>();
  readonly #volatile = new Set<string>();
  /** By name, the tables that they name. */
  readonly #publications = new Map<string, readonly string[]>();

  /**
   * @param isWhole whether a relation that is not in it is not in the database either
   * @param path schemas in which names without one are looked for
   */
  constructor(readonly isWhole = false, readonly path: readonly string[] = []) {}

  /** The relation of a name as it is written in a statement; one of which nothing is known where it is not there. */
  relation(name: string, kind: RelationKind = "table"): Relation {
    return this.find(name) ?? bareRelation(name, kind);
  }

  /** The same; undefined where it is not known. */
  find(name: string): Relation | undefined {
    const full = this.#relations.get(name);
    if (full !== undefined || schemaOf(name) !== "") return full;
    const there = this.#fullNames(name).find((each) => this.#relations.has(each));
    return there === undefined ? undefined : this.#relations.get(there);
  }

  /** The names that one without a schema may stand for, in the order in which they are looked for; it itself last. */
  #fullNames(name: string): string[] {
    return schemaOf(name) !== "" ? [name] : [...this.path.map((schema) => `${quoted(schema)}.${name}`), name];
  }

  /** The name under which something new is made. */
  newName(name: string): string {
    const [first] = this.path;
    return schemaOf(name) !== "" || first === undefined ? name : `${quoted(first)}.${name}`;
  }

  /** Adds a relation, or puts it in the place of the one of its name. */
  put(relation: Relation): void {
    this.#take(relation.name);
    this.#relations.set(relation.name, relation);
    for (const target of targetsOf(relation)) {
      const sources = this.#linked.get(target) ?? new Set();
      this.#linked.set(target, sources.add(relation.name));
    }
  }

  /** Takes it out, and a table's indexes with it. */
  remove(name: string): void {
    const found = this.find(name);
    if (found === undefined) return;
    for (const index of this.indexesOf(found.name)) this.#take(index.name);
    this.#take(found.name);
  }

  #take(name: string): void {
    const before = this.#relations.get(name);
    if (before === undefined) return;
    this.#relations.delete(name);
    for (const target of targetsOf(before)) this.#linked.get(target)?.delete(name);
  }

  /** Gives a relation another name, in others too. */
  rename(from: string, to: string): void {
    const found = this.find(from);
    if (found === undefined) return;
    const sources = this.#linkedTo(found.name);
    this.#take(found.name);
    this.put({ ...found, name: to });
    const renamed = (name: string) => name === found.name ? to : name;
    for (const [name, tables] of this.#publications) this.#publications.set(name, tables.map(renamed));
    for (const source of sources) {
      this.put({
        ...source,
        name: renamed(source.name),
        parents: source.parents.map(renamed),
        reads: source.reads.map(renamed),
        index: source.index && { ...source.index, table: renamed(source.index.table) },
        constraints: source.constraints.map((each) => ({
          ...each,
          references: each.references && renamed(each.references),
        })),
      });
    }
  }

  /** Those that depend on one in some way. */
  #linkedTo(name: string): Relation[] {
    return [...this.#linked.get(name) ?? []].map((source) => this.#relations.get(source)!);
  }

  /** All of them. */
  all(): IterableIterator<Relation> {
    return this.#relations.values();
  }

  /** The indexes of a table. */
  indexesOf(table: string): Relation[] {
    return this.#linkedTo(table).filter(({ kind, index }) => kind === "index" && index?.table === table);
  }

  /** Partitions and children, without theirs. */
  partsOf(name: string): Relation[] {
    return this.#linkedTo(name).filter(({ parents }) => parents.includes(name));
  }

  /** Partitions and children, theirs among them. */
  childrenOf(name: string): Relation[] {
    return this.partsOf(name).flatMap((child) => [child, ...this.childrenOf(child.name)]);
  }

  /** The tables whose foreign keys refer to one. */
  referringTo(name: string): Relation[] {
    return this.#linkedTo(name).filter(({ constraints }) =>
      constraints.some(({ references }) => references === name)
    );
  }

  /** Those that refer to a divided table by one of its parts, or to the part itself. */
  referringToWhole(name: string): Relation[] {
    return [
      ...this.referringTo(name),
      ...this.relation(name).parents.flatMap((parent) => this.referringToWhole(parent)),
    ];
  }

  /** Views that read one, and views that read those. */
  viewsOf(name: string): Relation[] {
    const own = this.#linkedTo(name).filter(({ reads }) => reads.includes(name));
    return own.flatMap((view) => [view, ...this.viewsOf(view.name)]);
  }

  /** Says that a column was added by what is looked at: no program asks for it yet. */
  putAdded(table: string, column: string): void {
    this.#added.add(`${table}.${column}`);
  }

  /** Whether it was. */
  isAdded(table: string, column: string): boolean {
    return this.#added.has(`${this.relation(table).name}.${column}`);
  }

  /** Says how freely a function of the user's answers; of several of a name the freest counts. */
  putFunction(name: string, volatility: Volatility): void {
    const order: readonly Volatility[] = ["immutable", "stable", "volatile"];
    const known = this.#functions.get(name) ?? "immutable";
    this.#functions.set(name, order.indexOf(volatility) > order.indexOf(known) ? volatility : known);
  }

  /** Of a function of the user's, by its name with or without a schema; undefined: not known. */
  volatility(name: string): Volatility | undefined {
    const found = this.#fullNames(name).find((each) => this.#functions.has(each));
    return found === undefined ? undefined : this.#functions.get(found);
  }

  /** Says that one of PostgreSQL's own functions gives each row another value. */
  putVolatile(name: string): void {
    this.#volatile.add(name);
  }

  /** Whether it does; it may do so where nothing is known of the server. */
  isVolatile(name: string): boolean {
    return this.#volatile.has(name);
  }

  /** Says which tables a publication names. */
  putPublication(name: string, tables: readonly string[]): void {
    this.#publications.set(name, tables);
  }

  /** Those of them that are there; undefined: the publication is not known. */
  publication(name: string): readonly string[] | undefined {
    return this.#publications.get(name)?.filter((table) => this.#relations.has(table));
  }

  /** Says what type a domain is of, and whether it holds its values to something. */
  putDomain(name: string, isHeld: boolean, of: string): void {
    this.#domains.set(name, { isHeld, of });
  }

  #domain(type: string) {
    const name = this.#fullNames(type).find((each) => this.#domains.has(each));
    return name === undefined ? undefined : this.#domains.get(name);
  }

  /** Whether a type is a domain that holds its values to something. */
  isHeldDomain(type: string): boolean {
    const domain = this.#domain(type);
    return domain !== undefined && (domain.isHeld || this.isHeldDomain(domain.of));
  }

  /** The type that a domain is of, in the end; another type as it is. */
  baseType(type: string): string {
    const domain = this.#domain(type);
    return domain === undefined ? type : this.baseType(domain.of);
  }

  /** The name of a composite type, as that of a relation; one that is not known as it is. */
  fullType(type: string): string {
    return this.find(type)?.name ?? type;
  }

  /** Whether a column's type is the one of a name. */
  isType(type: string, name: string): boolean {
    const names = this.#fullNames(name);
    return this.#fullNames(type).some((each) => names.includes(each));
  }
}

/** What a relation depends on. */
function targetsOf({ parents, reads, index, constraints }: Relation): string[] {
  const references = constraints.flatMap((each) => each.references ?? []);
  return [...parents, ...reads, ...references, ...index === null ? [] : [index.table]];
}
