import type { Config } from "../../config.ts";
import { UsageError } from "../../model/errors.ts";
import { counted } from "../../model/units.ts";
import { storeFile } from "../../pipeline/store_file.ts";
import { openStore } from "../../store/open.ts";
import { dbOption, say } from "../../terminal/command.ts";
import { formatTable } from "../../terminal/table.ts";
import { namesOf, partCommand } from "../options.ts";
import { type RecordedArm, recordedArms } from "./recorded.ts";
import { TABLES } from "./tables.ts";

/** `selfbench truth`: simulates and prints. @throws {UsageError} for a command line that cannot be meant */
export async function truthPart(args: readonly string[], config: Config): Promise<void> {
  const names = Object.keys(TABLES);
  const title =
    "Simulate runs whose truth is known: how often a change is found, or one that is none, and intervals hold it. " +
    "With --db also of the blocks of recorded default runs.";
  const task = partCommand("truth", title, {
    runs: ["simulated runs a row", "number of runs", 2, 100_000],
    comparisons: [
      "simulated comparisons a row, each of several runs or of long ones",
      "number of comparisons",
      1,
      100_000,
    ],
  })
    .option("--tables <names>", `which tables, of ${names.join(", ")}`, namesOf(names), names)
    .addOption(dbOption())
    .parse([...args], { from: "user" });
  const { tables, runs, comparisons, db } = task.opts<
    { tables: readonly string[]; runs: number; comparisons: number; db?: string }
  >();
  const recorded = db === undefined ? [] : await readRecorded(storeFile(config, db));
  say("✓: the goal is met, as far as so many runs can tell; ✗: it is not.");
  for (const name of names.filter((each) => tables.includes(each))) {
    const { text, columns, rows } = TABLES[name]!({ runs, comparisons, recorded });
    say(`\n${text}\n`);
    say(formatTable(columns, rows));
  }
}

/** @throws {UsageError} for a store without a recorded default run */
async function readRecorded(file: string): Promise<RecordedArm[]> {
  using store = await openStore(file, { mode: "read" });
  const arms = await recordedArms(store);
  if (arms.length === 0) {
    throw new UsageError(
      `Cannot redraw recorded runs, as the store must hold complete ones of access-paths: ${file} has none`,
      "Make some first: deno task bench.",
    );
  }
  const runs = new Set(arms.map(({ runId }) => runId)).size;
  const blocks = arms.reduce((sum, { blocks }) => sum + blocks.length, 0);
  say(
    `Recorded: ${counted(runs, "default run")}, ${counted(arms.length, "arm")}, ${counted(blocks, "block")}.`,
  );
  return arms;
}
