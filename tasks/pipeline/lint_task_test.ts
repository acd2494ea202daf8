import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { run } from "../migrate.ts";
import { RULES } from "../lint/rules.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { type Called, inProcess } from "../terminal/testing_in_process.ts";

const NAIVE = "ALTER TABLE shop.orders ADD COLUMN at timestamptz DEFAULT clock_timestamp();\n";

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Calls `migrate lint`; without a database, unless the environment names one. */
function lint(words: readonly string[], env: Record<string, string> = {}): Promise<Called> {
  return inProcess(() => run(["lint", ...words]), { DATABASE_URL: "", ...env });
}

Deno.test("the exit code is 1 where a finding is blocking, and 0 where none is", () =>
  withFolder(async (folder) => {
    const [naive, fine] = [join(folder, "naive.sql"), join(folder, "fine.sql")];
    Deno.writeTextFileSync(naive, NAIVE);
    Deno.writeTextFileSync(
      fine,
      "SET lock_timeout = '1s';\nALTER TABLE shop.orders ADD COLUMN at timestamptz;\n",
    );
    const bad = await lint([naive]);
    assert.equal(bad.code, 1);
    assert.match(
      bad.stdout,
      /blocking rewrite: While ACCESS EXCLUSIVE is held on shop\.orders, nobody can read or write/,
    );
    assert.match(bad.stdout, /Sizes are not known/);
    assert.match(bad.stdout, /1 statement in 1 file: 1 blocking, 1 warning, 0 notes\./);
    assert.equal((await lint([fine])).code, 0);
    assert.equal((await lint([fine, naive])).code, 1);
    // A folder has its files.
    assert.match((await lint([folder])).stdout, /3 statements in 2 files/);
  }));

Deno.test("what cannot be read is refused with exit code 2, and says where", () =>
  withFolder(async (folder) => {
    const file = (name: string, text: string | Uint8Array) => {
      const path = join(folder, name);
      if (typeof text === "string") Deno.writeTextFileSync(path, text);
      else Deno.writeFileSync(path, text);
      return path;
    };
    mkdirSync(join(folder, "empty"));
    const refused: [string, RegExp][] = [
      [join(folder, "missing.sql"), /Cannot read the SQL .*missing\.sql: there is no such file/],
      [join(folder, "empty"), /there is no file whose name ends with \.sql/],
      [file("bad.sql", "SELECT 1;\nALTER TABLE x ADD COLUM;"), /bad\.sql:2:24: syntax error at or near ";"/],
      [file("meta.sql", "\\d orders\n"), /meta\.sql:1:1: psql's own commands/],
      [file("copy.sql", "COPY x FROM STDIN;\n1\n\\.\n"), /copy\.sql:2:1: the rows of COPY/],
      [file("bytes.sql", new Uint8Array([0x53, 0xff, 0xfe])), /Cannot read the SQL .*bytes\.sql/],
      [file("zero.sql", "SELECT 1;\0"), /zero\.sql:1:10: it holds a zero byte/],
    ];
    for (const [path, message] of refused) {
      const { code, stderr } = await lint([path]);
      assert.equal(code, 2, path);
      assert.match(stderr, message);
    }
    assert.equal((await lint([])).code, 2);
    assert.equal((await lint([folder, "--format", "xml"])).code, 2);
    assert.equal((await lint([file("ok.sql", "SELECT 1"), "--server-version", "9"])).code, 2);
    assert.equal((await lint([file("nothing.sql", "-- nothing\n")])).code, 0);
    assert.equal((await lint(["--help"])).code, 0);
  }));

Deno.test("text of a file does nothing to a terminal and to Markdown", () =>
  withFolder(async (folder) => {
    const path = join(folder, "odd.sql");
    Deno.writeTextFileSync(path, "UPDATE \"a`\u001b[31m\u202e|<b>@all\" SET note = '```\u0007';\n");
    const { stdout } = await lint([path]);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    const markdown = (await lint([path, "--format", "markdown"])).stdout;
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(markdown, /[\u0000-\u0009\u000b-\u001f\u202e]|(?<!`.*)<b>|(?<![`\w].*)@all/);
    assert.equal((await lint([path, "--format", "json"])).code, 1);
  }));

Deno.test("JSON and SARIF name each finding with its place, and SARIF has what its schema asks for", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a b.sql");
    Deno.writeTextFileSync(path, `SELECT 1;\n  ${NAIVE}`);
    const told = JSON.parse((await lint([path, "--format", "json"])).stdout);
    assert.deepEqual(told.findings, { blocking: 1, warning: 1, note: 0 });
    const altered = told.told[1];
    assert.deepEqual([altered.line, altered.column, altered.kind], [2, 3, "ALTER TABLE … ADD COLUMN"]);
    assert.equal(altered.locks[0].mode, "AccessExclusiveLock");
    assert.equal(altered.waitLimit, null);
    const limited = join(folder, "limited.sql");
    Deno.writeTextFileSync(limited, `SET lock_timeout = '2s';\n${NAIVE}`);
    const { stdout } = await lint([limited, "--format", "json"]);
    assert.equal(JSON.parse(stdout).told[1].waitLimit, "2 s");
    const sarif = JSON.parse((await lint([path, "--format", "sarif"])).stdout);
    assert.equal(sarif.version, "2.1.0");
    const [{ tool: { driver }, results }] = sarif.runs;
    assert.ok(driver.name);
    assert.deepEqual(driver.rules.map(({ id }: { id: string }) => id), Object.keys(RULES));
    assert.equal(results.length, 2);
    for (const { ruleId, ruleIndex, level, message, locations } of results) {
      assert.equal(driver.rules[ruleIndex].id, ruleId);
      assert.ok(["error", "warning", "note"].includes(level) && message.text.length > 0);
      const { artifactLocation, region } = locations[0].physicalLocation;
      assert.equal(
        artifactLocation.uri,
        `file://${folder.split("/").map(encodeURIComponent).join("/")}/a%20b.sql`,
      );
      assert.deepEqual(region, { startLine: 2, startColumn: 3 });
    }
  }));

Deno.test("sizes are those of a file, which is refused with what it should look like where it is none", () =>
  withFolder(async (folder) => {
    const [sql, sizes] = [join(folder, "a.sql"), join(folder, "sizes.json")];
    Deno.writeTextFileSync(sql, NAIVE);
    const said = (rows: number, bytes: number) =>
      Deno.writeTextFileSync(
        sizes,
        JSON.stringify({
          postgresql: 16,
          oldestTransactionSeconds: 90,
          tables: { "shop.orders": { rows, bytes, writesPerSecond: 50 } },
        }),
      );
    said(4_000_000, 2 ** 30);
    const { stdout, code } = await lint([sql, "--sizes", sizes]);
    assert.equal(code, 1);
    assert.match(stdout, /shop\.orders \(1 GiB, 4,000,000 rows\)/);
    assert.match(stdout, /takes about [\d.]+ s \(.*\); about \d+ rows would have been written\s+meanwhile/);
    assert.match(stdout, /PostgreSQL 16\. The oldest open transaction is 1 min 30 s\s+old\./);
    said(100, 8192);
    assert.equal((await lint([sql, "--sizes", sizes])).code, 0);
    for (const text of ["", "[]", '{"tables": {"a": {"rows": -1, "bytes": 0}}}', '{"tabels": {}}']) {
      Deno.writeTextFileSync(sizes, text);
      const refused = await lint([sql, "--sizes", sizes]);
      assert.equal(refused.code, 2, text);
      assert.match(refused.stderr, /Cannot use the sizes in .*It looks like/s);
    }
  }));

Deno.test("sizes, catalogue and open transactions are those of the database, of which no table is read", () =>
  withDatabase(async (url) => {
    await withClient(url, (client) =>
      client.query(
        "CREATE SCHEMA shop; CREATE TABLE shop.orders (id integer CHECK (id > 0), note text NOT NULL); " +
          "INSERT INTO shop.orders SELECT i, repeat('x', 200) FROM generate_series(1, 20000) AS i; ANALYZE shop.orders",
      ));
    await withFolder(async (folder) => {
      const path = join(folder, "a.sql");
      Deno.writeTextFileSync(
        path,
        `SET lock_timeout = 100;\n${NAIVE}ALTER TABLE shop.orders ALTER note SET NOT NULL;\n`,
      );
      const scans = () =>
        withClient(
          url,
          async (client) =>
            (await client.query("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'orders'")).rows[0]
              .seq_scan,
        );
      const before = await scans();
      const { stdout, code } = await lint([path], { DATABASE_URL: url });
      assert.equal(code, 1);
      assert.match(stdout, /shop\.orders \(4\.\d+ MiB, 20,000 rows\)/);
      assert.match(stdout, /Sizes by the database "/);
      // It is NOT NULL already, which the catalogue says.
      assert.match(stdout, /1 blocking, 0 warnings/);
      assert.equal(await scans(), before);
      // A table that somebody keeps to himself has the size that statistics say.
      await withClient(url, async (holder) => {
        await holder.query("BEGIN; LOCK TABLE shop.orders");
        const held = await lint([path], { DATABASE_URL: url });
        assert.equal(held.code, 1);
        assert.match(held.stdout, /20,000 rows/);
        assert.match(held.stdout, /less is known of\s+shop\.orders, which\s+another session holds/);
      });
    });
  }));

Deno.test("names that are no UTF-8, as a database without an encoding has them, keep nothing from being told", () =>
  withDatabase(async (url) => {
    const name = `${new URL(url).pathname.slice(1)}_ascii`;
    const ascii = new URL(url);
    ascii.pathname = `/${name}`;
    await withClient(url, async (client) => {
      await client.query(
        `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'`,
      );
      try {
        await withClient(ascii.href, (inside) =>
          inside.query(
            "SET client_encoding = 'SQL_ASCII'; CREATE TABLE orders (id integer); " +
              "DO $$ BEGIN EXECUTE format('CREATE TABLE %I (id integer)', E'\\351\\377'); END $$",
          ));
        await withFolder(async (folder) => {
          const path = join(folder, "a.sql");
          Deno.writeTextFileSync(
            path,
            "ALTER TABLE orders ADD COLUMN at timestamptz DEFAULT clock_timestamp();",
          );
          const { code, stdout } = await lint([path], { DATABASE_URL: ascii.href });
          assert.equal(code, 0);
          assert.match(stdout, /note rewrite: While ACCESS EXCLUSIVE is held on public\.orders/);
        });
      } finally {
        await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
      }
    });
  }));

Deno.test("a database that does not answer is a failure of a service", () =>
  withFolder(async (folder) => {
    const path = join(folder, "a.sql");
    Deno.writeTextFileSync(path, NAIVE);
    const { code, stderr } = await lint([path], { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" });
    assert.equal(code, 3);
    assert.match(stderr, /Cannot connect to DATABASE_URL: connection refused/);
  }));
