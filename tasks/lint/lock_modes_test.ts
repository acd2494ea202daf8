import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import pg from "pg";
import { eventually } from "../net/testing.ts";
import { parseStatements } from "../postgres/sql_parser.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { applyStatement } from "./apply.ts";
import { Catalogue } from "./catalogue.ts";
import { statementEffects } from "./effects.ts";
import { readCatalogue } from "./read_catalogue.ts";
import { type LockCase, lockCases } from "./lock_cases.ts";
import { locksOf, relationNames } from "./testing_locks.ts";

const { setup, cases } = lockCases();

async function withClients<T>(url: string, use: (clients: pg.Client[]) => Promise<T>): Promise<T> {
  const clients = [1, 2, 3].map(() => new pg.Client({ connectionString: url }));
  try {
    for (const client of clients) await client.connect();
    return await use(clients);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** What lint tells of a statement, as an object of modes by relation. */
async function told(sql: string, known: Catalogue): Promise<Record<string, string>> {
  const [node] = await parseStatements(sql, { file: "lock_modes.sql" });
  const { locks, unknown } = statementEffects(node!, known);
  assert.equal(unknown, null, sql);
  return Object.fromEntries(locks.map(({ relation, mode }) => [relation, mode]));
}

/** What PostgreSQL has taken; of indexes those alone that are told: each statement locks the indexes of its tables too. */
function seenOf(seen: Record<string, string>, known: Catalogue, told: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(seen).filter(([name]) => known.find(name)?.kind !== "index" || name in told),
  );
}

Deno.test("each lock is told as pg_locks shows it, by what the server's catalogue says and by what the statements before say", async () => {
  assert.ok(cases.length > 160, `${cases.length} statements`);
  const followed = new Catalogue(true, ["public", "shop"]);
  for (const node of await parseStatements(setup, { file: "lock_modes.sql" })) {
    applyStatement(node, followed, false);
  }
  await withDatabase((url) =>
    withClients(url, async ([client, beside, watcher]) => {
      await client!.query(setup);
      await client!.query("SET search_path = public, shop");
      const names = await relationNames(client!);
      const read = await readCatalogue(client!, ["public", "shop"]);
      const faults: unknown[] = [];
      for (const one of cases) {
        const seen = one.beside === null
          ? await seenWithin(client!, one, names)
          : await seenBeside(client!, beside!, watcher!, one, names);
        for (const known of [read, followed]) {
          const expected = await told(one.sql, known);
          const locked = seenOf(seen, read, expected);
          if (!isDeepStrictEqual(expected, locked)) {
            faults.push([one.sql, known === read ? "read" : "followed", { told: expected, seen: locked }]);
          }
        }
      }
      assert.deepEqual(faults, []);
    })
  );
});

async function pidOf(client: pg.Client): Promise<number> {
  return (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]!.pid;
}

async function seenWithin(client: pg.Client, { sql }: LockCase, names: ReadonlyMap<string, string>) {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    return await locksOf(client, await pidOf(client), names);
  } finally {
    await client.query("ROLLBACK");
  }
}

/** Another session makes it wait; what it has and waits for by then is looked at, and it is given up. */
async function seenBeside(
  client: pg.Client,
  beside: pg.Client,
  watcher: pg.Client,
  one: LockCase,
  names: ReadonlyMap<string, string>,
) {
  const pid = await pidOf(client);
  await beside.query("BEGIN");
  await beside.query(one.beside!);
  const running = client.query(one.sql).then(() => null, (error: Error) => error.message);
  try {
    await eventually(async () => {
      const { rows } = await watcher.query(
        "SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'",
        [pid],
      );
      return rows.length > 0;
    });
    return await locksOf(watcher, pid, names);
  } finally {
    await watcher.query("SELECT pg_cancel_backend($1)", [pid]);
    assert.match(await running ?? "done", /canceling statement/, one.sql);
    await beside.query("ROLLBACK");
  }
}
