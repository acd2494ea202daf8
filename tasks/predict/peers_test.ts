import assert from "node:assert/strict";
import { join } from "node:path";
import { statementEffects } from "../lint/effects.ts";
import { readCatalogue } from "../lint/read_catalogue.ts";
import { strongestLock } from "../model/lock_modes.ts";
import type { PgClient } from "../postgres/client.ts";
import { parseStatements } from "../postgres/sql_parser.ts";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";

/** What PostgreSQL did by a statement, and what others say of it. */
interface Judged {
  readonly sql: string;
  /** The strongest lock on anything that was there before. */
  readonly lock: string | null;
  readonly rewrites: boolean;
  readonly scans: boolean;
  readonly squawk: { readonly lock: string | null };
  readonly pgfence: { readonly lock: string | null };
}

const folder = join(import.meta.dirname!, "testdata");
const { statements } = JSON.parse(Deno.readTextFileSync(join(folder, "peers.json"))) as {
  readonly statements: readonly Judged[];
};

const LOCKS = `
  SELECT l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE l.pid = pg_backend_pid() AND n.nspname = 'northwind' AND c.oid <= $1`;
const FILES = `
  SELECT c.oid, c.relfilenode FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'northwind' AND c.relkind IN ('r', 'm') ORDER BY c.oid`;
const NEWEST = "SELECT max(oid::bigint)::int8 AS oid FROM pg_class";

/** What a statement does, in a transaction that is taken back. */
async function seen(client: PgClient, sql: string) {
  await client.query("BEGIN");
  try {
    const { rows: [newest] } = await client.query(NEWEST);
    const { rows: before } = await client.query(FILES);
    await client.query(sql);
    const { rows: locks } = await client.query<{ mode: string }>(LOCKS, [newest.oid]);
    const { rows: after } = await client.query(FILES);
    const files = new Map(after.map(({ oid, relfilenode }) => [oid, relfilenode]));
    return {
      lock: strongestLock(locks.map(({ mode }) => mode)),
      rewrites: before.some(({ oid, relfilenode }) => (files.get(oid) ?? relfilenode) !== relfilenode),
    };
  } finally {
    await client.query("ROLLBACK");
  }
}

Deno.test("what is said of other linters' statements is what PostgreSQL does, and what is told of them here", () =>
  withDatabase((url) =>
    withClient(url, async (client) => {
      await client.query(Deno.readTextFileSync(join(folder, "peers_setup.sql")));
      const known = await readCatalogue(client, ["public"]);
      assert.ok(statements.length > 50);
      for (const { sql, lock, rewrites, scans } of statements) {
        const found = await seen(client, sql);
        const isEmptied = sql.startsWith("TRUNCATE");
        assert.deepEqual(found, { lock, rewrites: rewrites || isEmptied }, sql);
        const [node] = await parseStatements(sql, { file: "peers.json" });
        const { locks, work } = statementEffects(node!, known);
        assert.equal(strongestLock(locks.map(({ mode }) => mode)), lock, sql);
        const kinds = work.map(({ kind }) => kind);
        assert.equal(kinds.includes("rewrite") || /^REFRESH MATERIALIZED VIEW n/.test(sql), rewrites, sql);
        assert.equal(scans && kinds.length === 0, false, sql);
      }
    }, UNLIMITED)
  ));

Deno.test("the table of linters counts what is recorded of them", () => {
  const docs = Deno.readTextFileSync(join(import.meta.dirname!, "../../docs/linters.md"));
  const count = (of: (one: Judged) => string | null) => {
    const right = statements.filter((one) => of(one) === one.lock).length;
    const silent = statements.filter((one) => of(one) === null && one.lock !== null).length;
    return { right, silent, wrong: statements.length - right - silent };
  };
  const others = { squawk: (one: Judged) => one.squawk.lock, pgfence: (one: Judged) => one.pgfence.lock };
  for (const [name, of] of Object.entries(others)) {
    const { right, silent, wrong } = count(of);
    assert.match(docs, new RegExp(`^\\| ${name} +\\| +${right} \\| +${silent} \\| +${wrong} \\|$`, "m"));
  }
});
