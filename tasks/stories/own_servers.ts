import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "pg";
import { ExitCode } from "../model/errors.ts";
import { migrated } from "./own_migrations.ts";
import { SUMMARY } from "./short.ts";
import { DATA_SET, type TheirPlace } from "./their_place.ts";
import type { Place, Story } from "./story.ts";

const HASURA_SECRET = "word-of-hasura";

/** What leads to services of a user's. */
export interface Theirs {
  readonly env: Readonly<Record<"DATABASE_URL" | "REDIS_URL", string>>;
  /** A database without anything in it, on the same server. */
  readonly emptyUrl: string;
  /** Something that is no Hasura, but takes what is posted to one; and what it was told by whom it is asked. */
  readonly graphql: { readonly url: string; readonly secrets: ReadonlySet<string | null> };
}

/** Stories of who has PostgreSQL and Redis of their own, both data sets seeded there. */
export function ownServers(theirs: Theirs): readonly Story[] {
  const place = placeOf(theirs);
  return [
    ...measured(theirs, place),
    ...replaced(place),
    ...cloned(place),
    ...migrated(place),
    ...leftAsItWas(place),
  ];
}

function placeOf({ env, emptyUrl }: Theirs): TheirPlace {
  const password = new URL(env.DATABASE_URL).password;
  const query = async (sql: string) => {
    const client = new Client({ connectionString: emptyUrl });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    elsewhere: { DATABASE_URL: emptyUrl },
    silent: ({ said }) => assert.ok(password === "" || !said.includes(password), "a password is shown"),
    query,
    async seedIs(seed) {
      const [row] = await query("SELECT seed FROM benchbook.dataset WHERE name = 'northwind'");
      assert.equal(Number(row!.seed), seed);
    },
  };
}

/** What runs there do. */
function measured({ env, graphql }: Theirs, { silent }: TheirPlace): readonly Story[] {
  return [
    {
      promise: "DATABASE_URL and REDIS_URL are measured, and are as they were afterwards",
      typed: `deno task bench write-heavy --paths sql,sql+cache --slo "errors<1%" ${SUMMARY}`,
      ends: "pass",
      judge(ended) {
        silent(ended);
        const origins = ended.summary.environment.services.map(({ name, origin }) => `${name} ${origin}`);
        assert.ok(!origins.some((origin) => /(postgres|redis) embedded/.test(origin)), origins.join(", "));
      },
    },
    {
      promise: "GRAPHQL_URL is asked in its dialect, with Hasura's secret, which is shown nowhere",
      typed: `deno task bench smoke --paths sql,graphql ${SUMMARY}`,
      env: {
        GRAPHQL_URL: graphql.url,
        GRAPHQL_DIALECT: "hasura",
        HASURA_GRAPHQL_ADMIN_SECRET: HASURA_SECRET,
      },
      ends: ExitCode.service,
      judge(ended) {
        silent(ended);
        assert.ok(!ended.said.includes(HASURA_SECRET));
        assert.deepEqual([...graphql.secrets], [HASURA_SECRET]);
        assert.match(ended.said, /graphql/);
      },
    },
    {
      promise:
        "clean --writes takes back what a killed run has left, and the next run stores what it measured",
      typed: `deno task clean --writes >&2 && deno task bench smoke --paths sql ${SUMMARY}`,
      prepare: (place) => killedRun(place, env),
      ends: "pass",
      judge(ended) {
        silent(ended);
        assert.match(ended.said, /Took back what the run \S+ \(write-heavy\) had left in the database/);
        assert.match(ended.said, /^Recovered run /m);
      },
    },
  ];
}

/** When the data set of a database is replaced. */
function replaced({ elsewhere, seedIs }: TheirPlace): readonly Story[] {
  return [
    {
      promise: "a database without anything is seeded",
      typed: "deno task seed --scale tiny",
      env: elsewhere,
      changes: DATA_SET,
      ends: 0,
      judge: () => seedIs(42),
    },
    {
      promise: "other data are refused where some are, unless --replace is given",
      typed: "deno task seed --scale tiny --seed 8",
      env: elsewhere,
      ends: ExitCode.usage,
      judge: async ({ stderr }) => {
        assert.match(stderr, /--replace/);
        await seedIs(42);
      },
    },
    {
      promise: "seed --replace replaces them",
      typed: "deno task seed --scale tiny --seed 8 --replace",
      env: elsewhere,
      changes: DATA_SET,
      ends: 0,
      judge: () => seedIs(8),
    },
    {
      promise: "bench --replace replaces them, and measures",
      typed: `deno task bench smoke --seed 9 --paths sql --replace ${SUMMARY}`,
      env: elsewhere,
      changes: DATA_SET,
      ends: "pass",
      judge: () => seedIs(9),
    },
  ];
}

/** When a database is cloned. */
function cloned({ elsewhere, silent, query }: TheirPlace): readonly Story[] {
  return [
    {
      promise: "a change is measured on a clone only with --clone, after its size was said",
      typed: `deno task bench smoke --seed 9 --arm "indexed=$MINE/add_index.sql" ${SUMMARY}`,
      env: elsewhere,
      prepare: writeChange,
      ends: ExitCode.usage,
      judge(ended) {
        silent(ended);
        assert.match(
          ended.stderr,
          /clone of the database "bare" at \S+, which takes [\d.]+ MiB of the server's disk/,
        );
        assert.match(ended.stderr, /With --clone Benchbook makes benchbook_clone_\w+_1 on that server/);
      },
    },
    {
      promise: "--clone makes it, measures both, and drops it",
      typed: `deno task bench smoke --seed 9 --arm "indexed=$MINE/add_index.sql" --clone ${SUMMARY}`,
      env: elsewhere,
      prepare: writeChange,
      ends: "pass",
      async judge(ended) {
        silent(ended);
        assert.match(ended.stderr, /Clone the database: [\d.]+ MiB on the server/);
        assert.deepEqual(ended.summary.run.config.arms, ["sql", "indexed"]);
        assert.deepEqual(
          await query("SELECT datname FROM pg_database WHERE datname LIKE 'benchbook%'"),
          [],
        );
      },
    },
    {
      promise: "others who are in the database are named, and stay: it is not cloned",
      typed: `deno task bench smoke --arm "indexed=$MINE/add_index.sql" --clone ${SUMMARY}`,
      prepare: writeChange,
      ends: ExitCode.usage,
      judge(ended) {
        silent(ended);
        assert.match(
          ended.stderr,
          /no session may be in it meanwhile, and there is pid \d+ \(their-program, role/,
        );
      },
    },
  ];
}

/** What the tasks that start and stop leave alone. */
function leftAsItWas({ elsewhere, silent, query, seedIs }: TheirPlace): readonly Story[] {
  return [
    {
      promise: "up --replace replaces them, and shows them beside services of ours",
      typed: "deno task up smoke --scale tiny --seed 10 --replace",
      env: elsewhere,
      changes: DATA_SET,
      ends: 0,
      keepsServices: true,
      async judge(ended) {
        silent(ended);
        await seedIs(10);
        assert.match(ended.stdout, /^PostgreSQL .* user$/m);
      },
    },
    {
      promise: "down stops what is ours, and not what is theirs",
      typed: "deno task down",
      ends: 0,
      judge({ stdout }) {
        assert.match(stdout, /^Stopped .*graphql/m);
        assert.doesNotMatch(stdout, /postgres|redis/);
        return query("SELECT 1");
      },
    },
    {
      promise: "clean --database removes what is ours, and leaves what is theirs",
      typed: "deno task clean --database --yes",
      env: elsewhere,
      changes: DATA_SET,
      ends: 0,
      async judge(ended) {
        silent(ended);
        const schemas = (await query("SELECT nspname AS name FROM pg_namespace")).map(({ name }) => name);
        for (const ours of ["northwind", "northwind_sales", "events", "benchbook"]) {
          assert.ok(!schemas.includes(ours), ours);
        }
        assert.ok(schemas.includes("public"));
      },
    },
  ];
}

function writeChange({ mine }: Place): void {
  Deno.writeTextFileSync(
    join(mine, "add_index.sql"),
    "CREATE INDEX CONCURRENTLY ON northwind.orders (freight);\n",
  );
}

/** A run that writes, and is killed in its middle without a word. */
async function killedRun({ bench }: Place, env: Theirs["env"]): Promise<void> {
  const args = "write-heavy --scale tiny --paths sql --duration 60s --warmup 0 --no-report".split(" ");
  const running = bench.start("bench", args, env);
  await bench.measuring();
  running.kill("SIGKILL");
  await running.result;
  assert.ok([...Deno.readDirSync(join(bench.home, "undo"))].length > 0);
}
