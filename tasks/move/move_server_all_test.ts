import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { clusterPlace } from "../stack/postgres_cluster.ts";
import type { MoveOutcome, MovePause } from "./move_options.ts";
import { moveServer } from "./move_server.ts";
import { startWriter, type TwoServers, until, withPg, withTwoServers } from "./testing_move.ts";

/** A table with what replication does not carry by itself, and partitions. */
const SHOP = `
  CREATE SCHEMA shop;
  CREATE TYPE shop.state AS ENUM ('new', 'sent');
  CREATE TABLE shop.item (
    id bigint PRIMARY KEY, note text NOT NULL, made timestamptz NOT NULL DEFAULT now(), n serial,
    rest int GENERATED ALWAYS AS (id % 7) STORED, state shop.state NOT NULL DEFAULT 'new', UNIQUE (n)
  );
  CREATE INDEX item_note ON shop.item (note) WHERE state = 'new';
  CREATE TABLE shop.part (id bigint REFERENCES shop.item, at date, CHECK (id > 0), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE shop.part_old PARTITION OF shop.part FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
  CREATE TABLE shop.part_new PARTITION OF shop.part FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
  CREATE INDEX part_at ON shop.part (at);
  CREATE FUNCTION shop.named(shop.item) RETURNS text LANGUAGE sql STABLE AS 'SELECT $1.note';
  CREATE VIEW shop.fresh AS SELECT id, shop.named(i) FROM shop.item i WHERE state = 'new';
  COMMENT ON COLUMN shop.item.note IS 'what is written on it';
  INSERT INTO shop.item (id, note) SELECT i, 'note ' || i FROM generate_series(1, 20000) i;
  CREATE SEQUENCE shop.near AS smallint;
  SELECT setval('shop.near', 32000);
  CREATE SEQUENCE shop.idle;
  SELECT setval('shop.idle', 7);
  INSERT INTO shop.part SELECT i, date '2025-06-01' + i % 365 FROM generate_series(1, 5000) i;
  ANALYZE`;

/** What pg_catalog says of the schema, without oids. */
const SHAPE = `
  SELECT 'column' AS what, attrelid::regclass::text || '.' || attname AS name,
    concat(format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, pg_get_expr(adbin, adrelid),
      col_description(attrelid, attnum)) AS def
  FROM pg_attribute
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'shop'::regnamespace) AND attnum > 0
  UNION ALL
  SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid) || indisvalid
  FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'shop'::regnamespace)
  UNION ALL
  SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) || convalidated
  FROM pg_constraint WHERE connamespace = 'shop'::regnamespace
  UNION ALL
  SELECT 'part', inhrelid::regclass::text, inhparent::regclass::text || pg_get_expr(relpartbound, c.oid)
  FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r'
  ORDER BY 1, 2, 3`;

const LEFT = `
  SELECT slot_name::text AS name FROM pg_replication_slots UNION ALL SELECT subname FROM pg_subscription
  UNION ALL SELECT pubname FROM pg_publication UNION ALL SELECT nspname FROM pg_namespace WHERE nspname ~ 'benchbook_move'
  UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT evtname FROM pg_event_trigger`;

async function rowsOf(url: string, sql: string): Promise<unknown[]> {
  return (await withPg(url, (client) => client.query(sql))).rows;
}

/** At a server that is left nothing of what moves may be changed; all else may be. */
async function refusesChanges(client: pg.Client): Promise<void> {
  for (
    const sql of [
      "CREATE TABLE shop.later (id int)",
      "ALTER TABLE shop.item ADD COLUMN later int",
      "DROP TABLE shop.part_old",
      "CREATE INDEX ON shop.item (made)",
      "COMMENT ON TABLE shop.item IS 'later'",
      "CREATE TRIGGER later AFTER INSERT ON shop.item EXECUTE FUNCTION suppress_redundant_updates_trigger()",
      "CREATE RULE later AS ON DELETE TO shop.item DO ALSO NOTHING",
      "CREATE POLICY later ON shop.item",
      "ALTER SCHEMA shop RENAME TO later",
      "COMMENT ON SCHEMA shop IS 'later'",
      "GRANT SELECT ON shop.item TO PUBLIC",
      "GRANT UPDATE (note) ON shop.item TO PUBLIC",
      "GRANT USAGE ON SCHEMA shop TO PUBLIC",
      "REVOKE EXECUTE ON FUNCTION shop.named FROM PUBLIC",
      "REVOKE USAGE ON TYPE shop.state FROM PUBLIC",
      "ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO PUBLIC",
    ]
  ) await assert.rejects(client.query(sql), { code: "25006" }, sql);
  await client.query("CREATE TEMP TABLE mine (id int); CREATE SCHEMA theirs CREATE TABLE t (id int)");
  await client.query(
    "GRANT SELECT ON theirs.t TO PUBLIC; CREATE RULE r AS ON DELETE TO theirs.t DO ALSO NOTHING",
  );
  await client.query("BEGIN; GRANT UPDATE ON theirs.t TO PUBLIC; REVOKE ALL ON theirs.t FROM PUBLIC; COMMIT");
  await client.query("DROP SCHEMA theirs CASCADE");
}

/** Every number that a server acknowledged is there, on each of the servers. */
async function allThere(urls: readonly string[], acknowledged: readonly number[]): Promise<void> {
  for (const url of urls) {
    const there = new Set(
      (await rowsOf(url, "SELECT id::int AS id FROM shop.item")).map((row) => (row as { id: number }).id),
    );
    assert.deepEqual(acknowledged.filter((n) => !there.has(n)), []);
  }
}

async function nothingLeft({ source, target, options }: TwoServers): Promise<void> {
  for (const { url } of [source, target]) assert.deepEqual(await rowsOf(url, LEFT), []);
  assert.ok(!readdirSync(options.home).includes("moves"), "no record is left");
}

/** Whether any file of a cluster, its log or what SQL shows holds a server's password. */
async function assertNoPassword({ source, target }: TwoServers): Promise<void> {
  const passwords = [source, target].map(({ url }) => decodeURIComponent(new URL(url).password));
  for (const { url, home } of [source, target]) {
    const [{ conninfo = "" } = {}] = await rowsOf(
      url,
      "SELECT subconninfo AS conninfo FROM pg_subscription",
    ) as {
      conninfo?: string;
    }[];
    const { data } = clusterPlace(home);
    for (const password of passwords) {
      assert.doesNotMatch(conninfo, new RegExp(password));
      assert.throws(() => execFileSync("grep", ["-rqaF", password, data, join(home, "logs")]), { status: 1 });
    }
    if (conninfo !== "") {
      const [, passfile] = /passfile='([^']+)'/.exec(conninfo)!;
      assert.ok(passwords.some((password) => readFileSync(passfile!, "utf8").includes(password)));
      assert.equal(Deno.statSync(passfile!).mode! & 0o077, 0);
    }
  }
}

/** While somebody writes: both servers are equal until a row is gone at the one, which nothing carries to the other. */
async function loseRow(outcome: MoveOutcome, url: string): Promise<void> {
  const compareAgain = (tables: string[]) => outcome.compareAgain(tables, new AbortController().signal);
  const { rows, ...found } = (await compareAgain(["shop.item", "shop.part_new"]))!;
  assert.ok(rows > 20_000);
  assert.deepEqual(found, { different: [], notes: [] });
  await withPg(url, async (client) => {
    await client.query("SELECT pg_replication_origin_create('elsewhere')");
    await client.query("SELECT pg_replication_origin_session_setup('elsewhere')");
    await client.query("SET session_replication_role = replica; DELETE FROM shop.item WHERE id = 7000");
    await client.query(
      "SELECT pg_replication_origin_session_reset(), pg_replication_origin_drop('elsewhere')",
    );
  });
  assert.deepEqual((await compareAgain(["shop.item"]))!.different, [
    'shop.item "7000": the row is not there',
  ]);
  assert.deepEqual((await compareAgain(["shop.part_new"]))!.different, []);
}

Deno.test("a database moves to another server with its clients, and back, and nobody's write is lost", async () => {
  await withTwoServers(async (servers) => {
    const { source, target, options, records, samples } = servers;
    await withPg(source.url, (client) => client.query(SHOP));
    const writer = startWriter({ source: source.url, target: target.url });
    const gate = {
      ...writer.gate,
      open: async (side: "source" | "target") => {
        if (side === "target") await assertNoPassword(servers);
        await writer.gate.open(side);
      },
    };
    const outcome = await moveServer({ ...options, gate, andBack: true });
    const before = writer.acknowledged.length;
    await until(() => writer.acknowledged.length > before);
    await loseRow(outcome, target.url);
    await writer.stop();
    assert.deepEqual([outcome.done, outcome.stopped, outcome.at, outcome.left], [true, null, "source", []]);
    assert.deepEqual(writer.refused, [], "no client saw an error");
    assert.deepEqual(outcome.pauses.map(({ to }) => to), ["target", "source"]);
    for (const { startUs, closedUs, fencedUs, caughtUpUs, comparedUs, endUs } of outcome.pauses) {
      const order = [startUs, closedUs, fencedUs!, caughtUpUs!, comparedUs!, endUs];
      assert.deepEqual(order, order.toSorted((a, b) => a - b));
    }
    for (const { tables, rows, different, notes } of outcome.compared) {
      assert.deepEqual([tables, different, notes], [3, [], []]);
      // Those that clients wrote meanwhile are compared one by one, and are not among them.
      assert.ok(rows >= 20_000, `${rows} rows`);
    }
    await allThere([source.url, target.url], writer.acknowledged);
    assert.deepEqual(await rowsOf(target.url, SHAPE), await rowsOf(source.url, SHAPE));
    // A sequence goes on past all that was drawn on either server.
    const [drawn] = await rowsOf(
      source.url,
      "SELECT nextval('shop.item_n_seq')::int > max(n) AS past FROM shop.item",
    );
    assert.deepEqual(drawn, { past: true });
    // One that is near to its end still gives values, and one that nobody used at the target is at the source as it was.
    const standing =
      "SELECT (SELECT last_value::int FROM shop.near) AS near, (SELECT last_value::int FROM shop.idle) AS idle";
    assert.deepEqual(await rowsOf(source.url, standing), [{ near: 32000, idle: 7 }]);
    assert.deepEqual(await rowsOf(target.url, standing), [{ near: 32000, idle: 1007 }]);
    assert.match(
      outcome.notes.join(),
      /near to their end .* at the target without a margin, .*: shop\.near\./,
    );
    assert.ok(
      samples.some(({ metric }) => metric === "lag_ms") &&
        samples.some(({ metric }) => metric === "lag_bytes"),
    );
    assert.deepEqual([...new Set(records.map(({ step }) => step))], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.deepEqual(records.filter(({ error }) => error !== null), []);
    assert.deepEqual(await outcome.finish(), []);
    await nothingLeft(servers);
  });
});

Deno.test("a client that does not hear of the switch is refused by the fence, or its write is at the target", async () => {
  await withTwoServers(async (servers) => {
    const { source, target, options } = servers;
    await withPg(source.url, (client) => client.query(SHOP));
    const deaf = startWriter({ source: source.url, target: target.url });
    const slow = new pg.Client({ connectionString: source.url });
    await slow.connect();
    const outcome = await moveServer({
      ...options,
      gate: {
        ...options.gate,
        // Made before the fence, and seen by nobody until it is there.
        close: async () => void await slow.query("BEGIN; CREATE TABLE shop.late (id int PRIMARY KEY)"),
        open: async () => {
          await slow.query("COMMIT");
          await slow.end();
          // Made after the last look at the tables.
          await withPg(source.url, refusesChanges);
        },
      },
    });
    assert.match(
      outcome.left.join(),
      /At the source these were changed in the moment of the switch, [^:]*: CREATE TABLE shop\.late, /,
    );
    assert.doesNotMatch(outcome.left.join(), /later/);
    await until(() => deaf.refused.length > 0);
    await deaf.stop();
    assert.deepEqual([outcome.done, outcome.at], [true, "target"]);
    assert.ok(deaf.acknowledged.length > 0);
    assert.deepEqual([...new Set(deaf.refused.map(({ code }) => code))], ["25006"]);
    await allThere([target.url], deaf.acknowledged);
    assert.deepEqual(await outcome.finish(), []);
    await nothingLeft(servers);
  });
});

Deno.test("a client that gets past the fence is caught before others go over, who go on where they were", async () => {
  await withTwoServers(async (servers) => {
    const { source, target, options } = servers;
    await withPg(source.url, (client) => client.query(SHOP));
    // What a superuser may: triggers do not bind this session.
    const bypass = new URL(source.url);
    bypass.searchParams.set("options", "-c session_replication_role=replica");
    const past = startWriter({ source: bypass.href, target: target.url }, 3_000_000, 0);
    const heard = startWriter({ source: source.url, target: target.url }, 2_000_000);
    const outcome = await moveServer({ ...options, gate: heard.gate });
    await Promise.all([past.stop(), heard.stop()]);
    assert.deepEqual([outcome.done, outcome.at, outcome.left], [false, "source", []]);
    assert.match(
      outcome.stopped!,
      /must hold the same rows: .*(written past the fence|the row is not there)/,
    );
    assert.deepEqual(heard.refused, []);
    await allThere([source.url], [...past.acknowledged, ...heard.acknowledged]);
    await nothingLeft(servers);
    assert.deepEqual(await rowsOf(target.url, "SELECT FROM pg_namespace WHERE nspname = 'shop'"), []);
  });
});

/** Changes of tables by somebody who knows nothing of the move, and when they come. */
const CHANGES = [
  ["prepare", 7, "CREATE TABLE shop.late (id int PRIMARY KEY)", "CREATE TABLE shop.late"],
  // Whose rows then do not fit into the table at the target.
  ["prepare", 7, "ALTER TABLE shop.item ADD COLUMN late int", "CREATE TABLE shop.item"],
  [
    "close",
    8,
    "CREATE INDEX late_made ON shop.item (made)",
    "CREATE INDEX late_made ON shop.item USING btree",
  ],
] as const;

Deno.test("a table that is changed meanwhile is named before clients go over, and they go on where they were", async () => {
  await withTwoServers(async (servers) => {
    const { source, target, options } = servers;
    await withPg(source.url, (client) => client.query(SHOP));
    const writer = startWriter({ source: source.url, target: target.url });
    for (const [when, step, sql, named] of CHANGES) {
      let isMade = false;
      const change = async () => {
        if (!isMade) await withPg(source.url, (client) => client.query(sql));
        isMade = true;
      };
      const outcome = await moveServer({
        ...options,
        gate: {
          ...writer.gate,
          prepare: async (side) => {
            await writer.gate.prepare(side);
            if (when === "prepare") await change();
          },
          close: async (signal) => {
            await writer.gate.close(signal);
            if (when === "close") await change();
          },
        },
      });
      assert.deepEqual([outcome.done, outcome.at, outcome.step, outcome.left], [false, "source", step, []]);
      assert.match(outcome.stopped!, /Cannot move tables that are changed meanwhile: at the source these/);
      assert.ok(outcome.stopped!.includes(`as they were: ${named}`), outcome.stopped!);
      assert.deepEqual(await rowsOf(target.url, "SELECT FROM pg_namespace WHERE nspname = 'shop'"), []);
    }
    const before = writer.acknowledged.length;
    await until(() => writer.acknowledged.length > before);
    await writer.stop();
    assert.deepEqual(writer.refused, []);
    await allThere([source.url], writer.acknowledged);
    await nothingLeft(servers);
  });
});

Deno.test("a target that dies leaves the source as it was, and what remains there is named and removed at the next start", async () => {
  await withTwoServers(async (servers) => {
    const { source, target, options } = servers;
    await withPg(source.url, (client) => client.query(SHOP));
    const writer = startWriter({ source: source.url, target: target.url });
    const outcome = await moveServer({
      ...options,
      gate: writer.gate,
      onRecord: (record) => {
        // In the switch, with clients waiting and the source fenced.
        if (record.step === 8 && record.statement === 3 && record.endUs === null) {
          Deno.kill(target.process.pid, "SIGKILL");
        }
      },
    });
    const before = writer.acknowledged.length;
    await until(() => writer.acknowledged.length > before);
    await writer.stop();
    assert.deepEqual([outcome.done, outcome.at], [false, "source"]);
    assert.ok(
      outcome.left.some((sentence) =>
        /may have left something in the embedded database "test"/.test(sentence)
      ),
    );
    assert.deepEqual(writer.refused, []);
    await allThere([source.url], writer.acknowledged);
    assert.deepEqual(await rowsOf(source.url, LEFT), []);
  });
});

Deno.test("a target that dies after the switch is named, and the source has what was carried back and takes writes", async () => {
  await withTwoServers(async ({ source, target, options }) => {
    await withPg(source.url, (client) => client.query(SHOP));
    const writer = startWriter({ source: source.url, target: target.url });
    const outcome = await moveServer({ ...options, gate: writer.gate });
    const before = writer.acknowledged.length;
    await until(() => writer.acknowledged.length > before);
    await writer.stop();
    assert.deepEqual([outcome.done, outcome.at], [true, "target"]);
    const last = writer.acknowledged.at(-1)!;
    await withPg(source.url, async (client) => {
      const isThere = () => client.query("SELECT FROM shop.item WHERE id = $1", [last]);
      while ((await isThere()).rowCount === 0);
    });
    Deno.kill(target.process.pid, "SIGKILL");
    const left = await outcome.finish();
    assert.match(left.join(), /may have left something in the embedded database "test"/);
    assert.deepEqual(await rowsOf(source.url, LEFT), []);
    await allThere([source.url], writer.acknowledged);
    await withPg(source.url, (client) => client.query("INSERT INTO shop.item (id, note) VALUES (0, '')"));
  });
});

Deno.test("a target that dies as clients go over is told as of the switch, with the clients there", async () => {
  await withTwoServers(async ({ source, target, options }) => {
    await withPg(source.url, (client) => client.query(SHOP));
    const outcome = await moveServer({
      ...options,
      gate: {
        ...options.gate,
        open: (side) => {
          if (side === "target") Deno.kill(target.process.pid, "SIGKILL");
          return Promise.resolve();
        },
      },
    });
    assert.deepEqual([outcome.done, outcome.at, outcome.step], [false, "target", 8]);
    assert.match(outcome.stopped!, /stopped at step 8 .*Clients and data are at the target\.$/);
    assert.deepEqual(outcome.pauses.map(({ at }) => at), ["target"]);
    const left = await outcome.finish();
    assert.match(left.join(), /may have left something in the embedded database "test"/);
    assert.deepEqual(await rowsOf(source.url, LEFT), []);
  });
});

Deno.test("stop, copy and start: clients wait as long as the copy takes, and go on at the source where they cannot start", async () => {
  await withTwoServers(async (servers) => {
    const { source, target, options } = servers;
    await withPg(source.url, (client) => client.query(SHOP));
    const writer = startWriter({ source: source.url, target: target.url });
    const naive = { ...options, variant: "naive" as const };
    const refused = await moveServer({
      ...naive,
      gate: {
        ...writer.gate,
        open: (side) =>
          side === "target" ? Promise.reject(new Error("no way there")) : writer.gate.open(side),
      },
    });
    assert.deepEqual([refused.done, refused.at, refused.step, refused.left], [false, "source", 5, []]);
    assert.match(refused.stopped!, /no way there.*Clients and data are at the source\./);
    assert.deepEqual(await rowsOf(target.url, LEFT), []);
    // Clients may have been there for a moment: it is for a person to say what becomes of that.
    await withPg(target.url, (client) => client.query("DROP SCHEMA IF EXISTS shop CASCADE"));
    const outcome = await moveServer({ ...naive, gate: writer.gate });
    const before = writer.acknowledged.length;
    await until(() => writer.acknowledged.length > before);
    await writer.stop();
    assert.deepEqual([outcome.done, outcome.at, writer.refused], [true, "target", []]);
    const [{ closedUs, endUs, fencedUs }] = outcome.pauses as [MovePause];
    assert.equal(fencedUs, null);
    assert.ok((endUs - closedUs) / 1000 <= writer.longestMs, "a client waited through all of it");
    await allThere([target.url], writer.acknowledged);
    assert.deepEqual(await rowsOf(target.url, SHAPE), await rowsOf(source.url, SHAPE));
    assert.deepEqual(await outcome.finish(), []);
    await nothingLeft(servers);
  });
});
