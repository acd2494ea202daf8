import assert from "node:assert/strict";
import { join } from "node:path";
import { withWorkbench } from "./testing.ts";

const root = join(import.meta.dirname!, "../..");

// Each mistake ends before any service is started: with exit code 2, one clear sentence and no stack trace.
const MISTAKES: readonly [what: string, task: string, args: string[], said: RegExp][] = [
  ["an unknown option", "bench", ["--rat", "5"], /unknown option '--rat'[\s\S]*Did you mean --rate\?/],
  ["an unknown scenario", "bench", ["acces-paths"], /no[\s\S]*Did you mean "access-paths"\?/],
  ["an unknown path", "bench", ["--paths", "sql,grapql"], /path "grapql"[\s\S]*Did you mean "graphql"\?/],
  ["an arm of no name", "bench", ["--arm", "=a.json"], /name "" must be lower-case words joined by hyphens/],
  ["an arm's odd name", "bench", ["--arm", "A b=a.json"], /name "A b" must be lower-case words/],
  ["an arm without =", "bench", ["--arm", "twin"], /Write it like "indexed=indexed.json", or "twin="/],
  ["an arm named as a path", "bench", ["--arm", "sql="], /"sql" is the name of a path/],
  ["two arms of one name", "bench", ["--arm", "a=", "--arm", "a=b.json"], /Two arms are named "a"/],
  [
    "an arm's file that is not there",
    "bench",
    ["--arm", "a=nowhere.json"],
    /the arm a \(nowhere\.json\): there is no such/,
  ],
  [
    "no arm to exempt",
    "bench",
    ["--arm", "twin=", "--no-prove", "twon"],
    /"twon"[\s\S]*Did you mean "twin"\?/,
  ],
  ["an unknown scale", "bench", ["--scale", "smal"], /scale "smal"[\s\S]*Did you mean "small"\?/],
  [
    "an unknown data set",
    "seed",
    ["--dataset", "nortwind"],
    /data set "nortwind"[\s\S]*Did you mean "northwind"\?/,
  ],
  [
    "an unknown scale to seed",
    "seed",
    ["--scale", "huge"],
    /scale "huge"[\s\S]*Known: tiny, small, medium, full/,
  ],
  ["a negative count", "seed", ["--customers", "-5"], /--customers -5: it must be a whole number from 1 to/],
  ["no rows at all", "seed", ["--orders", "0"], /--orders 0: it must be a whole number from/],
  ["an absurd count", "bench", ["--products", "1e15"], /--products 1000000000000000: .* whole number from/],
  ["half a customer", "seed", ["--customers", "2.5"], /--customers 2.5: it must be a whole number/],
  ["a count that is none", "seed", ["--customers", "many"], /'many' is invalid.*whole number/],
  [
    "a count of another data set",
    "seed",
    ["--dataset", "events", "--customers", "5"],
    /--customers: the data set events has no such count[\s\S]*--organizations/,
  ],
  [
    "an unknown distribution",
    "seed",
    ["--distribution", "orders.customerSku=1"],
    /"orders.customerSku"[\s\S]*Did you mean "orders.customerSkew"/,
  ],
  [
    "a distribution out of range",
    "bench",
    ["--distribution", "orders.customerSkew=-1"],
    /orders.customerSkew .* a number from .*: it is "-1"/,
  ],
  [
    "weights too few",
    "seed",
    ["--distribution", "orders.weekday=1,2"],
    /orders.weekday .* 7 weights[\s\S]*Write it like orders.weekday=/,
  ],
  [
    "a generator file that is not there",
    "seed",
    ["--custom", "nowhere.ts"],
    /nowhere\.ts[\s\S]*no such file/,
  ],
  ["too many workers", "seed", ["--workers", "1000"], /workers must be a whole number from 1 to 64/],
  ["an unknown setting", "bench", ["--set", "cache_tl=3"], /"cache_tl"[\s\S]*Did you mean "cache_ttl"\?/],
  [
    "a setting out of range",
    "bench",
    ["--set", "cache_ttl=0"],
    /cache_ttl as a number from 1 to 86400 s: it is "0"/,
  ],
  ["a duration without unit", "bench", ["--duration", "30"], /duration "30"[\s\S]*unit is missing/],
  ["a malformed SLO", "bench", ["--slo", "p95=200ms"], /SLO term "p95=200ms"/],
  [
    "an unknown SLO metric",
    "bench",
    ["--slo", "erors<1%"],
    /"erors" is unknown[\s\S]*Did you mean "errors"\?/,
  ],
  ["a bench with a stall", "bench", ["--slo", "stall<250ms"], /a stall is judged of migrations/],
  ["an SLO without a unit", "bench", ["--slo", "p95<200"], /limit of "p95<200", "200"[\s\S]*unit is missing/],
  [
    "a hit rate without a cache",
    "bench",
    ["--paths", "sql,graphql", "--slo", "hit>80%"],
    /"hit>80%": none of its paths with a cache is measured \(paths: sql, graphql\)/,
  ],
  [
    "a target of a path that is left out",
    "bench",
    ["--paths", "sql", "--slo", "graphql: p95<1s"],
    /"graphql: p95<1s": none of its paths is measured/,
  ],
  ["a folder as scenario", "bench", [join(root, "queries/scenarios")], /queries\/scenarios: it is a folder/],
  ["a series of one run", "bench", ["--repeat", "1"], /The number of runs must be a whole number from 2 to/],
  ["a series of searches", "bench", ["--repeat", "5", "--find-rate"], /--repeat with --find-rate/],
  ["a search against a run", "bench", ["--against", "latest", "--find-rate"], /--against with --find-rate/],
  [
    "a comment on a search",
    "bench",
    ["--markdown", "x.md", "--find-rate", "--slo", "p95<1s"],
    /--markdown with --find-rate/,
  ],
  ["a comment on a series", "bench", ["--markdown", "x.md", "--repeat", "5"], /--markdown with --repeat/],
  [
    "nothing to confirm",
    "bench",
    ["--confirm"],
    /Cannot confirm what is slower: no arm and no run is compared/,
  ],
  [
    "a plan for one arm",
    "bench",
    ["--plan-for", "5%", "--paths", "sql"],
    /two arms must be compared: there is one/,
  ],
  ["a plan for no change", "bench", ["--plan-for", "0%"], /above 0% and at most 100%/],
  ["no margin", "bench", ["--until-decided", "0%"], /above 0% and at most 100%/],
  ["a margin of no sense", "bench", ["--until-decided", "500%"], /above 0% and at most 100%/],
  ["a margin below nothing", "bench", ["--until-decided", "-5%"], /above 0% and at most 100%/],
  [
    "nothing to decide",
    "bench",
    ["--until-decided", "5%", "--paths", "sql"],
    /Cannot measure until it is decided, as two arms must be compared: there is one[\s\S]*--arm twin=/,
  ],
  [
    "a planned length and none",
    "bench",
    ["--until-decided", "5%", "--plan-for", "5%"],
    /--until-decided with --plan-for/,
  ],
  [
    "a series of unlike lengths",
    "bench",
    ["--until-decided", "5%", "--repeat", "5"],
    /--until-decided with --repeat/,
  ],
  [
    "a part of a rate that goes up and down",
    "bench",
    ["spike", "--until-decided", "5%", "--paths", "sql", "--arm", "twin="],
    /Cannot measure spike until it is decided: its rate goes up and down by plan/,
  ],
  ["a resolution of nothing", "bench", ["--resolution", "5%"], /--resolution without --find-rate/],
  ["an empty label", "bench", ["--label", " "], /label[\s\S]*must not be empty/],
  ["a label without end", "bench", ["--label", "x".repeat(201)], /label[\s\S]*at most 200 characters/],
  [
    "a label that a terminal obeys",
    "bench",
    ["--label", "\x1b[2Jx"],
    /label[\s\S]*one line of visible characters/,
  ],
  ["a label of two lines", "bench", ["--label", "x\ny"], /label[\s\S]*one line of visible characters/],
  ["a label like an id", "bench", ["--label", "20261129-171705-f802"], /looks like the id of a run/],
  ["a label that means another run", "bench", ["--label", "latest"], /names the newest runs/],
  [
    "a folder as store",
    "bench",
    ["--db", join(root, "tasks")],
    /Cannot store runs in .*tasks: it is a folder/,
  ],
  ["a text as store", "bench", ["--db", join(root, "deno.json")], /deno\.json: it is not a DuckDB file/],
  ["a store beneath a file", "bench", ["--db", "deno.json/x.db"], /its folder cannot be made/],
  ["a negative rate", "bench", ["--rate", "-5"], /rate must be a number above 0/],
  [
    "open and closed loop at once",
    "bench",
    ["--rate", "5", "--concurrency", "2"],
    /both --rate and --concurrency/,
  ],
  [
    "sessions in a closed loop",
    "bench",
    ["checkout", "--concurrency", "2"],
    /Cannot run checkout in a closed loop: its operation .* earlier request of its session/,
  ],
  ["an argument too many", "bench", ["access-paths", "other"], /too many arguments/],
  ["a run that is not there", "report", ["nothing"], /there are no runs yet/],
  ["an unknown log", "logs", ["postgrs"], /postgrs/],
  ["a clean without a terminal to ask", "clean", [], /there is no terminal|nothing to remove/],
];

Deno.test("a mistake in a command is a usage error that names it and what was meant", async (t) => {
  await withWorkbench(async (bench) => {
    const begun = new Set<string>();
    for (const [what, task, args, said] of MISTAKES) {
      await t.step(what, async () => {
        // The first of each task in a process of its own, as users start it; clean asks wherever there is a terminal.
        const ways = task === "clean"
          ? [bench.run]
          : begun.has(task)
          ? [bench.call]
          : [bench.call, bench.run];
        begun.add(task);
        for (const way of ways) {
          const { code, stdout, stderr } = await way(task, args);
          assert.match(stdout + stderr, said);
          if (task !== "clean") assert.equal(code, 2);
          assert.doesNotMatch(stderr, /\n\s+at /, "no stack trace");
        }
      });
    }
  }, { untouched: true });
});

const SCENARIO = `export default {
  name: "mine", title: "Mine", dataset: "northwind", workload: "access-paths", arrivals: "poisson",
  rate: 10, duration: 3, warmup: 0, block: 1, washout: 0.1, timeout: 5, paths: ["sql"],
  operations: [{ name: "product-by-id", weight: 1, params: { product_id: { kind: "zipf", keys: "products", s: 1 } } }],
  settings: {},
};`;

const FAULTS: readonly [what: string, from: string, to: string, said: RegExp][] = [
  ["a weight below zero", "weight: 1", "weight: -1", /mine\.ts: operations\[0\]\.weight: .*\(it is -1\)/],
  ["a missing field", 'title: "Mine", ', "", /mine\.ts: title: /],
  ["an unknown field", "block: 1", "blok: 1", /mine\.ts: .*blo/],
  ["a bad SLO", "settings", 'slo: "p95", settings', /mine\.ts: slo: .*"p95"/],
  ["an unknown path", 'paths: ["sql"]', 'paths: ["sqll"]', /mine\.ts: paths\[0\]/],
  [
    "an operation without files",
    '"product-by-id"',
    '"product-by-ean"',
    /product-by-ean\.sql: there is no such file/,
  ],
  ["a parameter that is not declared", "product_id:", "product:", /product-by-id\.sql declares :product_id/],
  ["an unknown key space", '"products"', '"prodcts"', /mine\.ts: operations\[0\]\.params\.product_id\.keys/],
  ["an unknown data set", '"northwind"', '"nortwind"', /mine\.ts: dataset/],
  ["a syntax error", "export default {", "export default {{", /mine\.ts/],
];

Deno.test("an error in a scenario file names the file and the field", async (t) => {
  await withWorkbench(async (bench) => {
    for (const [what, from, to, said] of FAULTS) {
      await t.step(what, async () => {
        assert.ok(SCENARIO.includes(from));
        const folder = join(bench.home, what.replaceAll(" ", "-"));
        await Deno.mkdir(folder);
        await Deno.writeTextFile(join(folder, "mine.ts"), SCENARIO.replace(from, to));
        const { code, stderr } = await bench.call("bench", [join(folder, "mine.ts")]);
        assert.match(stderr, said);
        assert.equal(code, 2);
      });
    }
  }, { untouched: true });
});

Deno.test("a password in a URL that is not percent-encoded is a usage error in every task, and none of it is said", async () => {
  await withWorkbench(async (bench) => {
    for (
      const [task, name, url] of [
        ["bench", "DATABASE_URL", "postgres://user:p@s3cr3t#word@localhost/db"],
        ["doctor", "REDIS_URL", "redis://:r@s3cr3t#x"],
        ["runs", "GRAPHQL_URL", "http://user:12/s3cr3t@localhost/graphql"],
      ] as const
    ) {
      const { code, stdout, stderr } = await bench.call(task, [], { [name]: url });
      assert.equal(code, 2, stderr);
      assert.match(stderr, new RegExp(`Cannot use ${name} as a URL: .*\\n*.*Percent-encode the password`));
      assert.doesNotMatch(stdout + stderr, /s3cr3t/);
    }
  }, { untouched: true });
});
