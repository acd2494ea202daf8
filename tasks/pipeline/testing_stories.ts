import { join, resolve } from "node:path";
import { loadScenario } from "../load/scenario.ts";

const root = resolve(import.meta.dirname!, "../..");

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

/**
 * One of each kind of what a run writes, and with what: to keys of its own, to sessions, to a user's tables, over GraphQL
 * and with a cache. For what happens in the midst of a run the others are no other.
 */
export const WRITING = ["access-paths", "write-heavy", "checkout", "saas-events", "own tables"] as const;

/**
 * Of ends that come to the same for what a run has written, the one whose turn it is with a story that writes: each end
 * meets one or two of them, and each story one of the ends.
 */
export function inTurnOf<T>(story: string, ends: readonly T[]): T[] {
  const nth = WRITING.findIndex((name) => name === story);
  return nth === -1 ? [] : [ends[nth % ends.length]!];
}

/** Those whose run has a GraphQL server of its own beside the user's services: it takes seconds to start. */
const WITH_GRAPHQL: readonly string[] = ["access-paths", "saas-events"];

/** A scenario under test: how it is named on the command line, and what else is said to it. */
export interface Story {
  readonly name: string;
  readonly args: readonly string[];
  /** False where it has no path that caches. */
  readonly cached: boolean;
  /** The same scenario with a question that PostgreSQL answers by an error. */
  readonly failing: string;
  /** … and with one that never answers the same twice. */
  readonly differing: string;
}

/** @param folder a user's, where files of scenarios are written to */
export async function tell(folder: string, name: StoryName): Promise<Story> {
  const own = name === "own tables";
  const paths = own ? "sql" : WITH_GRAPHQL.includes(name) ? "sql,graphql,sql+cache" : "sql,sql+cache";
  const scenario = own ? await ownScenario(join(folder, "own")) : name;
  const rewrite = (what: string, question: (body: string) => string) =>
    rewritten(join(folder, what, own ? "own" : name), scenario, question);
  return {
    name,
    args: [scenario, ...own ? [] : ["--scale", "tiny"], "--paths", paths],
    cached: !own,
    failing: await rewrite("failing", (body) => `SELECT * FROM (${body}) AS q OFFSET 1 / 0\n`),
    differing: await rewrite("differing", (body) => `SELECT q.*, random() AS chance FROM (${body}) AS q\n`),
  };
}

/**
 * The same scenario with one question written anew: the one that reads a write back, which is asked after the write,
 * or else the last read.
 */
async function rewritten(
  folder: string,
  scenario: string,
  question: (body: string) => string,
): Promise<string> {
  const own = scenario.endsWith(".ts");
  const { workloadDir, operations, name } = await loadScenario(root, scenario, {});
  const last = operations.findLast(({ write }) => write)?.name;
  const asked = last === undefined ? `${operations.at(-1)!.name}.sql` : `${last}.check.sql`;
  const workload = join(folder, "workloads/rewritten");
  await copyFolder(workloadDir, workload);
  // Sources lie beside the workload, where the scenario looks for them.
  if (!own) await copyFolder(workloadDir, join(folder, "workloads", name));
  const text = await Deno.readTextFile(join(workload, asked));
  const [, header, body] = /^((?:--.*\n)*)([\s\S]*)$/.exec(text)!;
  await Deno.writeTextFile(join(workload, asked), `${header}${question(body!.trim().replace(/;$/, ""))}`);
  const file = join(folder, "scenarios/rewritten.ts");
  await Deno.mkdir(join(folder, "scenarios"), { recursive: true });
  const from = own ? scenario : join(root, "queries/scenarios", `${scenario}.ts`);
  const undo = own ? `, dataset: { ...scenario.dataset, undo: "../undo.sql" }` : "";
  if (own) await Deno.copyFile(join(from, "../undo.sql"), join(folder, "undo.sql"));
  await Deno.writeTextFile(
    file,
    `import scenario from ${JSON.stringify(`file://${from}`)};\n` +
      `export default { ...scenario, name: "rewritten-${name}", workload: "../workloads/rewritten"${undo} };\n`,
  );
  return file;
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(join(from, name), join(to, name));
  }
}

/** The file of a scenario over tables that people have made themselves, and that it writes to. */
async function ownScenario(folder: string): Promise<string> {
  const files: Readonly<Record<string, string>> = {
    "undo.sql": "DELETE FROM ONLY stall.visit WHERE by = 'bench';",
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
