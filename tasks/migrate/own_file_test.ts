import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import type { StepPlan } from "../model/migration.ts";
import { withTempDir } from "../store/testing.ts";
import { isOwnMigration, loadOwnMigration } from "./own_file.ts";

/** The step that a file with this text is. */
async function stepOf(dir: string, sql: string): Promise<StepPlan> {
  const file = join(dir, "change.sql");
  Deno.writeTextFileSync(file, sql);
  const { variants: [variant, ...more] } = await loadOwnMigration(file);
  assert.deepEqual([variant!.variant, variant!.steps.length, more], ["own", 1, []]);
  return variant!.steps[0]!;
}

/** What is said of a file with this text, after its name. */
async function refused(dir: string, sql: string): Promise<readonly [message: string, next: string]> {
  const error = await stepOf(dir, sql).then(() => null, (error) => error);
  assert.ok(error instanceof UsageError, `${sql}: ${error}`);
  const begin = `Cannot use the migration ${join(dir, "change.sql")}`;
  assert.ok(error.message.startsWith(begin), error.message);
  return [error.message.slice(begin.length), error.next ?? ""];
}

Deno.test("a user's file is a migration of one step, whose statements keep their lines", () =>
  withTempDir(async (dir) => {
    const sql = `-- Adds a note. For gifts.
-- move: lock_timeout
SET statement_timeout = '5s';
ALTER TABLE northwind.orders
  ADD COLUMN note text; -- wörk
ALTER TYPE mood ADD VALUE 'ok';
`;
    assert.deepEqual(await stepOf(dir, sql), {
      step: 1,
      file: join(dir, "change.sql"),
      about: "Adds a note. For gifts.",
      risk: null,
      fix: null,
      shows: [],
      move: { kind: "lock_timeout", oneTransaction: false },
      statements: [
        { text: "SET statement_timeout = '5s'", line: 3, shown: "SET statement_timeout = '5s'" },
        {
          text: "ALTER TABLE northwind.orders\n  ADD COLUMN note text",
          line: 4,
          shown: "ALTER TABLE northwind.orders ADD COLUMN note text",
        },
        { text: "ALTER TYPE mood ADD VALUE 'ok'", line: 6, shown: "ALTER TYPE mood ADD VALUE 'ok'" },
      ],
    });
    const { name, title, before, beside } = await loadOwnMigration(join(dir, "change.sql"));
    assert.deepEqual({ name, title, before, beside }, {
      name: "change",
      title: "Adds a note",
      before: [],
      beside: [],
    });
  }));

Deno.test("a folder of numbered files is a migration of as many steps, in the order of their numbers", () =>
  withTempDir(async (dir) => {
    for (const file of ["10-c.sql", "2-b.sql", "01-a.sql", "notes.txt", "rest.sql"]) {
      Deno.writeTextFileSync(join(dir, file), `SELECT '${file}'`);
    }
    const { variants: [{ steps }] } = await loadOwnMigration(dir) as unknown as {
      variants: [{ steps: StepPlan[] }];
    };
    assert.deepEqual(steps.map(({ step, file }) => [step, file]), [
      [1, join(dir, "01-a.sql")],
      [2, join(dir, "2-b.sql")],
      [3, join(dir, "10-c.sql")],
    ]);
  }));

Deno.test("BEGIN and COMMIT around the whole file make one transaction of it", () =>
  withTempDir(async (dir) => {
    for (
      const [begin, end] of [["BEGIN", "COMMIT"], ["START TRANSACTION", "END"], ["begin work", "commit"]]
    ) {
      const { move, statements } = await stepOf(dir, `${begin};\nDELETE FROM a;\nDELETE FROM b;\n${end};\n`);
      assert.deepEqual(move, { kind: "plain", oneTransaction: true });
      assert.deepEqual(statements.map(({ line }) => line), [2, 3]);
    }
    const { move } = await stepOf(dir, "-- move: lock_timeout\nBEGIN; DELETE FROM a; COMMIT");
    assert.deepEqual(move, { kind: "lock_timeout", oneTransaction: true });
    const local = await stepOf(dir, "BEGIN; SET LOCAL lock_timeout = '1s'; DELETE FROM a; COMMIT");
    assert.equal(local.statements.length, 2);
  }));

Deno.test("a statement in batches keeps the names of its bounds", () =>
  withTempDir(async (dir) => {
    const { statements } = await stepOf(
      dir,
      "-- move: batches s.t id\nUPDATE s.t SET a = ':after'\nWHERE id > :after AND id <= :upto;",
    );
    assert.deepEqual(statements, [{
      text: "UPDATE s.t SET a = ':after'\nWHERE id > :after AND id <= :upto",
      line: 2,
      shown: "UPDATE s.t SET a = ':after' WHERE id > :after AND id <= :upto",
    }]);
  }));

Deno.test("what cannot be run is said with its line and column, and what to write instead", () =>
  withTempDir(async (dir) => {
    for (
      const [sql, said, next] of [
        ["", /^: it has no statement$/, /^Write what changes/],
        ["-- move: one transaction\n\n;", /^: it has no statement$/, /./],
        ["BEGIN;\nCOMMIT;", /^: it has no statement$/, /./],
        ["SET lock_timeout = 1;", /^: it only sets what ends with its session$/, /./],
        [
          "SELECT 'ü';\n  CREATE INDX a ON t (b);",
          /^:2:10: syntax error at or near "INDX"$/,
          /in that place or just before it/,
        ],
        ["SELECT 'ü", /^:1:8: unterminated quoted string/, /./],
        [
          "SELECT 1;\n\\i other.sql\n",
          /^:2:1: psql's own commands/,
          /^Write the statements of that file here\.$/,
        ],
        ["\\copy t from 'x.csv'\n", /^:1:1: psql's own/, /^Write the rows as INSERT\.$/],
        ["\\set a 1\nSELECT 1;", /^:1:1: psql's own/, /^Leave it out\. .*write the value itself/],
        ["SELECT 1 \\gexec", /^:1:10: psql's own/, /block of DO/],
        ["\\timing on\nSELECT 1;", /^:1:1: psql's own/, /^Leave it out\.$/],
        ["\\c other\nSELECT 1;", /^:1:1: psql's own/, /command line/],
        ["SELECT :'a'", /^:1:8: syntax error/, /write the value itself/],
        ["UPDATE t SET a = 1 WHERE id > :after", /^:1:31: syntax error/, /write the value itself/],
        ["COPY t FROM STDIN;\n1\t2\n\\.\n", /^:2:1: the rows of COPY … FROM STDIN are no SQL/, /INSERT/],
        [
          "DELETE FROM a;\nBEGIN;\nDELETE FROM b;\nCOMMIT;",
          /^:2: its BEGIN is not understood/,
          /first statement/,
        ],
        ["BEGIN;\nDELETE FROM a;", /^:1: its BEGIN has no COMMIT as the last statement/, /./],
        ["BEGIN;\nDELETE FROM a;\nROLLBACK;", /^:1: its BEGIN has no COMMIT as the last/, /./],
        ["BEGIN;\nDELETE FROM a;\nSAVEPOINT b;\nCOMMIT;", /^:3: its SAVEPOINT is not understood/, /./],
        [
          "BEGIN;DELETE FROM a;COMMIT;\nBEGIN;DELETE FROM a;COMMIT;",
          /^:1: its COMMIT is not understood/,
          /./,
        ],
        ["DELETE FROM a;\nCOMMIT", /^:2: its COMMIT is not understood/, /leave both out/],
        [
          "BEGIN ISOLATION LEVEL SERIALIZABLE;\nDELETE FROM a;\nCOMMIT",
          /^:1: the options of its BEGIN/,
          /BEGIN alone/,
        ],
        [
          "BEGIN;\nCREATE INDEX CONCURRENTLY a ON t (b);\nCOMMIT;",
          /^:2: CREATE INDEX CONCURRENTLY … cannot run within a transaction$/,
          /^Leave out BEGIN and COMMIT/,
        ],
        [
          "-- move: one transaction\nDELETE FROM a;\nVACUUM t",
          /^:3: VACUUM t … cannot run/,
          /one transaction/,
        ],
        [
          "DELETE FROM a;\nset local lock_timeout = '1s';",
          /^:2: SET LOCAL ends with its transaction, and here each statement is one by itself$/,
          /^Write BEGIN as the first statement and COMMIT as the last/,
        ],
        ["SET CONSTRAINTS ALL DEFERRED;\nDELETE FROM a;", /^:1: SET CONSTRAINTS ends with its/, /BEGIN/],
        [
          "-- move: batches s.t id\nUPDATE s.t SET a = 1 WHERE id > :after",
          /^:2: .*:upto is missing$/,
          /id <= :upto/,
        ],
        [
          "-- move: batches s.t id\nDELETE FROM s.t WHERE id > :after AND id <= :upto;\nSELECT 1",
          /^:3: the move batches is of one statement$/,
          /files of their own/,
        ],
        ["-- move: batches s.t id\nDELETE FROM s.t WHERE id > :from", /^:2:28: syntax error/, /./],
        [
          "-- move: concurrently s.i\nCREATE INDEX i ON s.t (a)",
          /^:2: the move concurrently is of/,
          /CONCURRENTLY/,
        ],
        [
          "-- move: concurrently s.i\nBEGIN; CREATE INDEX CONCURRENTLY i ON s.t (a); COMMIT",
          /^:2: BEGIN and COMMIT cannot go with the move concurrently/,
          /Leave both out/,
        ],
        ["DELETE FROM a;\nDROP DATABASE d;", /^:2: it concerns a database as a whole/, /./],
        ["SELECT pg_terminate_backend(1)", /^:1: the function pg_terminate_backend reaches outside/, /./],
        ["COPY t TO '/tmp/x'", /^:1: COPY reads or writes a file/, /INSERT/],
        ["SELECT 1;\n\0", /^:2:1: it holds a zero byte$/, /./],
      ] as const
    ) {
      const [message, then] = await refused(dir, sql);
      assert.match(message, said, sql);
      assert.match(then, next, sql);
    }
  }));

Deno.test("what cannot run within a transaction runs where each statement is one by itself", () =>
  withTempDir(async (dir) => {
    const alone = [
      "CREATE INDEX CONCURRENTLY a ON t (b)",
      "DROP INDEX CONCURRENTLY a",
      "REINDEX TABLE CONCURRENTLY t",
      "REINDEX (CONCURRENTLY) INDEX i",
      "REINDEX SCHEMA s",
      "VACUUM t",
      "CLUSTER",
      "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
    ];
    for (const sql of alone) {
      assert.equal((await stepOf(dir, sql)).statements.length, 1, sql);
      assert.match((await refused(dir, `BEGIN;\n${sql};\nCOMMIT`))[0], /^:2: .* cannot run within/, sql);
    }
    for (
      const sql of [
        "REINDEX TABLE t",
        "ANALYZE t",
        "CLUSTER t USING i",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
        "ALTER TABLE t DETACH PARTITION p",
        "ALTER TYPE e ADD VALUE 'x'",
        "DROP INDEX a",
      ]
    ) assert.equal((await stepOf(dir, `BEGIN; ${sql}; COMMIT`)).move.kind, "plain", sql);
  }));

Deno.test("a path that leads to no migration says what is there and what to give", () =>
  withTempDir(async (dir) => {
    const said = async (path: string) => {
      const error = await loadOwnMigration(path).then(() => null, (error) => error);
      assert.ok(error instanceof UsageError, path);
      return `${error.message} ${error.next ?? ""}`;
    };
    assert.match(
      await said(join(dir, "none.sql")),
      /^Cannot read the migration .*none\.sql: there is no such file/,
    );
    assert.match(await said(dir), /no file in it says which step it is Put its steps into files like/);
    Deno.writeTextFileSync(join(dir, "a.sql"), "SELECT 1");
    assert.match(await said(dir), /e\.g\. 01-a\.sql; or give one file, .*\/a\.sql\.$/);
    Deno.writeTextFileSync(join(dir, "b.txt"), "SELECT 1");
    assert.match(await said(join(dir, "b.txt")), /it must end with \.sql/);
  }));

Deno.test("a path is told from a name", () => {
  assert.deepEqual(["a.sql", "./a", "x/y.sql", "."].map(isOwnMigration), [true, true, true, true]);
  assert.deepEqual(["create-index", "all"].map(isOwnMigration), [false, false]);
});

Deno.test("bytes that are no UTF-8 are refused: else the database would be given others", () =>
  withTempDir(async (dir) => {
    const file = join(dir, "latin1.sql");
    const text = "UPDATE northwind.orders SET ship_city = 'M\u00fcnchen';\n";
    Deno.writeFileSync(file, Uint8Array.from(text, (character) => character.charCodeAt(0)));
    await assert.rejects(loadOwnMigration(file), /^UsageError: Cannot read .*latin1\.sql: it is not UTF-8/);
  }));

Deno.test("a dump of many statements is read in a moment, and each keeps its line", () =>
  withTempDir(async (dir) => {
    const statement = "-- One of many.\nCOMMENT ON TABLE a IS 'wört';\n";
    const { statements } = await stepOf(dir, statement.repeat(20_000));
    assert.deepEqual([statements.length, statements.at(-1)!.line], [20_000, 40_000]);
    assert.deepEqual(new Set(statements.map(({ text }) => text)), new Set(["COMMENT ON TABLE a IS 'wört'"]));
  }));

Deno.test("batches are of a table that the statement names: other keys would leave rows out", () =>
  withTempDir(async (dir) => {
    const update = "UPDATE northwind.orders SET freight = 0 WHERE order_id > :after AND order_id <= :upto;\n";
    assert.match(
      (await refused(dir, `-- move: batches public.mine id\n${update}`))[0],
      /^:2: its batches are ranges of public\.mine, which the statement does not name$/,
    );
    await stepOf(dir, `-- move: batches northwind.Orders order_id\n${update}`);
    await stepOf(dir, "-- move: batches public.mine id\nSELECT fill(:after, :upto);\n");
  }));
