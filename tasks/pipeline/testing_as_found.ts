import assert from "node:assert/strict";
import { join } from "node:path";
import { difference, type Look } from "../testing/facts.ts";
import type { End, Ended, Story } from "./testing_ends.ts";
import { type UserLand, withUserLand } from "./testing_user_land.ts";

/** Every shipped scenario, and one with tables of the user's own. */
export const STORIES = [
  "access-paths",
  "smoke",
  "read-heavy",
  "write-heavy",
  "checkout",
  "saas-events",
  "spike",
  "own tables",
] as const;
export type StoryName = typeof STORIES[number];

/** Those whose run has a GraphQL server of its own beside the user's services: it takes seconds to start. */
const WITH_GRAPHQL: readonly string[] = ["access-paths", "saas-events"];

/** What a combination came to. "named": not as found, but said, by the run itself or by the next start. */
export interface Result {
  readonly story: string;
  readonly end: string;
  readonly code: number;
  readonly state: "as found" | "named" | "LOST";
  readonly differences: readonly string[];
  readonly seconds: number;
}

/** Sessions of a run, and what the user's programs hold, may take so long to be gone. */
const SETTLED_MS = 4_000;

/**
 * Runs every story to each of these ends on services of a user's, and looks at all of it before and after. A step of
 * the test is a combination; the table of all of them is printed at the end.
 */
export async function everythingIsAsFound(
  t: Deno.TestContext,
  ends: readonly End[],
  { stories = STORIES, programs }: { stories?: readonly StoryName[]; programs?: string } = {},
): Promise<void> {
  const results: Result[] = [];
  await withUserLand(async (land) => {
    const told = await Promise.all(stories.map((name) => tell(land, name)));
    for (const story of told) {
      for (const end of ends) {
        if (end.needsCache && !story.cached) continue;
        await t.step(`${story.name}: ${end.name}`, async () => {
          let state: Result["state"] = "LOST";
          try {
            const { result, said } = await combine(land, story, end);
            results.push(result);
            state = result.state;
            if (state !== "LOST") return;
            assert.fail(`${result.differences.join("\n")}\n\nThe run said, exit ${result.code}:\n${said}`);
          } finally {
            // What one has left is not to be found by the next.
            if (state !== "as found") await land.restore();
          }
        });
      }
    }
  }, programs);
  // Names of steps are all that is shown of a test that is run quietly.
  for (const line of tableOf(results)) await t.step(line, () => {});
}

async function combine(
  land: UserLand,
  story: Story,
  end: End,
): Promise<{ result: Result; said: string }> {
  const started = performance.now();
  const before = await land.look();
  const except = end.except ?? [];
  let { code, said } = await end.run(land, story);
  await repair(land);
  let differences = await settled(land, before, except);
  if (differences.length > 0 && end.nextStart) {
    const next = await nextStart(land, story);
    said += `\n== the next start, exit ${next.code}\n${next.said}`;
    differences = await settled(land, before, except);
  }
  const state = differences.length === 0
    ? "as found"
    : differences.every((line) => isNamed(line, said))
    ? "named"
    : "LOST";
  const seconds = (performance.now() - started) / 1000;
  return { result: { story: story.name, end: end.name, code, state, differences, seconds }, said };
}

/** What was killed is started again, as its user would. */
async function repair(land: UserLand): Promise<void> {
  const [postgres, redis] = await Promise.all([land.postgres.answers(), land.redis.answers()]);
  if (!redis) await land.redis.start();
  if (postgres) return;
  await land.postgres.start();
  await land.connect();
}

/** Another scenario than the one that has ended. */
async function nextStart({ bench, env }: UserLand, { name }: Story): Promise<Ended> {
  const next = name === "smoke" ? "read-heavy" : "smoke";
  const args = [
    next,
    "--scale",
    "tiny",
    "--paths",
    "sql",
    "--no-report",
    "--duration",
    "1s",
    "--warmup",
    "100ms",
  ];
  const { code, stdout, stderr } = await bench.run("bench", args, env);
  return { code, said: stdout + stderr };
}

async function settled(land: UserLand, before: Look, except: readonly RegExp[]): Promise<string[]> {
  const deadline = performance.now() + SETTLED_MS;
  for (;;) {
    const lines = difference(before, await land.look(), { except: [...except, ...OURS] });
    if (lines.length === 0 || performance.now() > deadline) return lines;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What a run may do to Benchbook's own tables: vacuum them after its rows were taken back. */
const OURS = [/: maintenance of table (northwind|events)\./];

/** True where the output names the table, or says of keys in Redis where they begin. */
function isNamed(line: string, said: string): boolean {
  const [, relation] = /content of table ([^:]+):/.exec(line) ?? [];
  if (relation !== undefined) return said.includes(relation);
  const [, prefix] = /Redis: database \d+: key (benchbook:[^:]+:)/.exec(line) ?? [];
  return prefix !== undefined && said.includes(prefix);
}

export async function tell({ bench }: UserLand, name: StoryName): Promise<Story> {
  if (name === "own tables") {
    return { name, args: [await ownScenario(join(bench.home, "own")), "--paths", "sql"], cached: false };
  }
  const paths = WITH_GRAPHQL.includes(name) ? "sql,graphql,sql+cache" : "sql,sql+cache";
  return { name, args: [name, "--scale", "tiny", "--paths", paths], cached: true };
}

/** The file of a scenario over tables that people have made themselves, and that it writes to. */
async function ownScenario(folder: string): Promise<string> {
  const files: Readonly<Record<string, string>> = {
    "undo.sql": "DELETE FROM stall.visit WHERE by = 'bench';",
    "stall/item-by-id.sql":
      "-- An item.\n-- :id integer\nSELECT id, name, price FROM stall.item WHERE id = :id\n",
    "stall/visit.sql": "-- A visit.\n-- :id integer\n" +
      "INSERT INTO stall.visit VALUES (gen_random_uuid(), :id, 'bench') RETURNING item_id\n",
    "stall/visit.check.sql": "-- What it left.\n-- :id integer\n" +
      "SELECT DISTINCT by FROM stall.visit WHERE item_id = :id AND by = 'bench'\n",
  };
  await Deno.mkdir(join(folder, "stall"), { recursive: true });
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(folder, name), text);
  const params = { id: { kind: "integer", min: 1, max: 400 } };
  const file = join(folder, "own-stall.ts");
  await Deno.writeTextFile(
    file,
    `export default ${
      JSON.stringify({
        name: "own-stall",
        title: "A stall of one's own",
        dataset: { schemas: ["stall"], undo: "undo.sql" },
        workload: "./stall",
        arrivals: "poisson",
        rate: 100,
        duration: 3,
        warmup: 0.5,
        block: 1,
        washout: 0.1,
        timeout: 5,
        paths: ["sql"],
        slo: "errors<1%",
        settings: {},
        operations: [
          { name: "item-by-id", weight: 1, params },
          { name: "visit", weight: 1, params, write: true },
        ],
      })
    };\n`,
  );
  return file;
}

function tableOf(results: readonly Result[]): string[] {
  const lines = results.map(({ story, end, code, state, differences, seconds }) =>
    [
      story.padEnd(13),
      end.padEnd(22),
      `exit ${code}`.padEnd(9),
      `${seconds.toFixed(1)} s`.padStart(7),
      " ",
      state,
      differences.length > 0 ? `(${differences.length} differences)` : "",
    ].join(" ").trimEnd()
  );
  const count = (state: Result["state"]) => results.filter((result) => result.state === state).length;
  return [
    ...lines,
    `${results.length} combinations: ${count("as found")} as found, ${count("named")} named, ${
      count("LOST")
    } lost`,
  ];
}
