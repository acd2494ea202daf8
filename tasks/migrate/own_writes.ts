import type { Client } from "pg";
import type { ChangeWrites, LedgerProblem, StepPlan } from "../model/migration.ts";
import { listed } from "../model/units.ts";
import { changesOf, type Effect, type SqlChanges } from "../postgres/sql_changes.ts";
import { replacePlaceholders, splitStatements } from "../postgres/sql_parser.ts";
import type { SummedTable } from "./checksum_table.ts";
import { ledgerSql, readAtOnce } from "./ledger/sql.ts";
import { type WritingScenario, writtenBy } from "./ledger/written.ts";

/** What a change writes by its own SQL, and so is not to be compared. */
export interface Uncompared {
  /** Tables, `schema.name`. */
  readonly tables: ReadonlySet<string>;
  /** Columns by such a table. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  /** The same for people, with what cannot be read. */
  readonly own: ChangeWrites;
}

/** Of a change that leaves all rows that stand there as they are. */
export const NOTHING: Uncompared = {
  tables: new Set(),
  columns: new Map(),
  own: { sentences: [], code: [], remade: [] },
};

/**
 * Finds out what a change writes on purpose into the rows that are compared, before it runs: what its statements say, and
 * what PostgreSQL writes on for them (actions of foreign keys, generated columns, tables over partitions).
 * @param tables those that are summed up
 * @throws {ServiceError} where the database cannot be reached; {InterruptedError} after `signal`
 */
export async function ownWrites(
  steps: readonly Pick<StepPlan, "move" | "statements">[],
  tables: readonly SummedTable[],
  { url, scenario, signal }: {
    readonly url: string;
    readonly scenario: WritingScenario;
    readonly signal?: AbortSignal;
  },
): Promise<Uncompared> {
  const load = await loadWrites(scenario);
  const changes = changesOf(await statementsOf(steps));
  return await readAtOnce(url, "benchbook-checksums", signal, async (client) => {
    const { written, views } = await writtenIn(client, changes);
    const code = await codeOf(client, changes, written.seen);
    const { own, ...left } = uncompared(tables, written, [...changes.code, ...code, ...views]);
    const ofLoad = problemsOf(load, written);
    return { ...left, own: ofLoad.length === 0 ? own : { ...own, ofLoad } };
  });
}

/** A table that the load writes, `schema.name`, with the columns that it gives values. */
type LoadWrite = readonly [table: string, columns: readonly string[]];

async function loadWrites(scenario: WritingScenario): Promise<LoadWrite[]> {
  return (await writtenBy(scenario)).flatMap((one, index): LoadWrite[] => {
    if (one?.kind === "register") return [[one.register.table, one.register.changed]];
    if (one?.kind !== "rows") return [];
    const named = Object.keys(scenario.operations[index]!.params);
    return one.tables.map(({ table, given }) => [table, given === null ? named : Object.keys(given)]);
  });
}

/** What a change may make of the load's writes by its own statements. */
function problemsOf(load: readonly LoadWrite[], written: Tables): LedgerProblem[] {
  const meets = (has: (own: Written, columns: readonly string[]) => boolean) =>
    load.some(([table, columns]) => {
      const own = written.get(table);
      return own !== undefined && has(own, columns);
    });
  const removed = meets(({ kinds }) => REMOVING.some((kind) => kinds.has(kind)));
  const set = meets((own, columns) => columns.some((column) => own.columns.has(column)));
  return [...removed ? ["lost" as const] : [], ...set ? ["overwritten" as const] : []];
}

async function statementsOf(steps: readonly Pick<StepPlan, "move" | "statements">[]) {
  const all = steps.flatMap(({ move, statements }) => statements.map(({ text }) => ({ text, move })));
  const found = await Promise.all(all.map(async ({ text, move }) => {
    const sql = move.kind === "batches" ? await replacePlaceholders(text, { file: "" }, () => "$1") : text;
    // What is no SQL was refused when the file was read.
    const split = await splitStatements(sql);
    return "message" in split ? [] : split;
  }));
  return found.flat();
}

/** What becomes of a table. */
interface Written {
  readonly columns: Set<string>;
  readonly kinds: Set<Kind>;
  /** Whether its triggers see it. */
  seen: boolean;
}

type Kind = Exclude<Effect["kind"], "columns">;

/** Kinds after which a table has other rows. */
const ROWS: readonly Kind[] = ["insert", "delete", "truncate", "truncate cascade", "attach"];
const REMOVING: readonly Kind[] = ["delete", "truncate", "truncate cascade"];
/** Kinds that no trigger of a table sees. */
const DEFINED: readonly Kind[] = ["attach", "drop", "remade"];

/** Tables, `schema.name`, with what becomes of each. */
class Tables extends Map<string, Written> {
  /** @returns whether any of it was new */
  add(table: string, { columns = [], kinds = [], seen }: {
    readonly columns?: readonly string[];
    readonly kinds?: readonly Kind[];
    readonly seen: boolean;
  }): boolean {
    const own = this.get(table) ?? { columns: new Set(), kinds: new Set(), seen: false };
    this.set(table, own);
    const sizeOf = () => own.columns.size + own.kinds.size + Number(own.seen);
    const before = sizeOf();
    for (const column of columns) own.columns.add(column);
    for (const kind of kinds) own.kinds.add(kind);
    own.seen ||= seen;
    return sizeOf() > before;
  }

  /** Those whose triggers run. */
  get seen(): string[] {
    return [...this].flatMap(([table, { seen }]) => seen ? [table] : []);
  }
}

/** What statements write, and what PostgreSQL writes on; views through which they write are told as code. */
async function writtenIn(client: Client, { effects }: SqlChanges) {
  const { rows } = await client.query<{ nth: number; relation: string; view: boolean }>(
    ledgerSql("own_relations.sql"),
    [effects.map(({ schema }) => schema), effects.map(({ table }) => table)],
  );
  const written = new Tables();
  const views = new Set<string>();
  for (const { nth, relation, view } of rows) {
    const { effect } = effects[nth - 1]!;
    const seen = effect.kind === "columns" ? effect.defined !== true : !DEFINED.includes(effect.kind);
    if (view && seen) views.add(`what stands behind the view ${relation}`);
    const what = effect.kind === "columns" ? { columns: effect.columns } : { kinds: [effect.kind] };
    written.add(relation, { ...what, seen });
  }
  const { rows: ways } = await client.query<Way>(ledgerSql("carried_writes.sql"));
  while (ways.filter((way) => carry(way, written)).length > 0);
  return { written, views };
}

/** One row of carried_writes.sql. */
interface Way {
  readonly kind: "key" | "generated" | "part";
  readonly source: string;
  readonly target: string;
  readonly of: readonly string[];
  readonly columns: readonly string[];
  readonly removing: string;
  readonly updating: string;
}

/** An action of a foreign key that writes columns: CASCADE, SET NULL, SET DEFAULT. */
const SETS = /^[cnd]$/;

/** What is written on from one table into another. @returns whether any of it was new */
function carry(
  { kind, source, target, of, columns, removing, updating }: Way,
  written: Tables,
): boolean {
  const from = written.get(source);
  if (from === undefined) return false;
  const { seen } = from;
  const has = (kinds: readonly Kind[]) => kinds.filter((each) => from.kinds.has(each));
  if (kind === "part") {
    const kinds: Kind[] = [...has(ROWS), ...has(["drop"]).map(() => "attach" as const)];
    return kinds.length + from.columns.size > 0 &&
      written.add(target, { columns: [...from.columns], kinds, seen });
  }
  const removed = has(REMOVING).length > 0;
  const kinds: Kind[] = removed && removing === "c" ? ["delete"] : [];
  if (kind === "key") kinds.push(...has(["truncate cascade"]));
  const set = SETS.test(updating) && of.some((column) => from.columns.has(column)) ||
    removed && /^[nd]$/.test(removing);
  return (kinds.length > 0 || set) && written.add(target, { columns: set ? columns : [], kinds, seen });
}

async function codeOf(client: Client, { calls }: SqlChanges, tables: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ code: string }>(ledgerSql("own_code.sql"), [
    calls.map(({ schema }) => schema),
    calls.map(({ name }) => name),
    tables,
  ]);
  return rows.map(({ code }) => code);
}

/** Of the tables that are summed up, what is not to be compared. */
function uncompared(
  summed: readonly SummedTable[],
  written: ReadonlyMap<string, Written>,
  code: readonly string[],
): Uncompared {
  const tables = new Set<string>();
  const columns = new Map<string, ReadonlySet<string>>();
  const sentences: string[] = [];
  const remade: string[] = [];
  for (const table of summed) {
    const name = `${table.schema}.${table.name}`;
    const own = written.get(name);
    if (own === undefined) continue;
    if (own.kinds.has("remade")) remade.push(name);
    const key = [...table.key, ...table.reserved === null ? [] : [table.reserved.column]];
    const changed = [...own.columns].filter((column) => table.columns.has(column) || key.includes(column));
    const keys = changed.filter((column) => key.includes(column));
    if (ROWS.some((kind) => own.kinds.has(kind))) {
      tables.add(name);
      sentences.push(`${name} was not compared: the change itself adds rows to it or removes some.`);
    } else if (keys.length > 0) {
      tables.add(name);
      sentences.push(
        `${name} was not compared: the change itself writes ${
          listed(keys)
        }, by which its rows are told apart.`,
      );
    } else if (changed.length > 0) {
      columns.set(name, new Set(changed));
      sentences.push(
        `${listed(changed)} of ${name} ${
          changed.length === 1 ? "was" : "were"
        } not compared: the change itself writes ${changed.length === 1 ? "it" : "them"}.`,
      );
    }
  }
  return { tables, columns, own: { sentences, code: [...new Set(code)], remade } };
}
