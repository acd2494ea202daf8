import { availableParallelism } from "node:os";
import type { Config } from "../../config.ts";
import { SCALES } from "../../model/dataset.ts";
import { datasets } from "../../seed/catalog.ts";
import { resolveData } from "../../seed/spec.ts";
import { isEmbedded } from "../../stack/services.ts";
import { unprivilegedUser } from "../../stack/unprivileged.ts";
import { sayJson } from "../../terminal/command.ts";
import { openTerminal } from "../../terminal/terminal.ts";
import { machineFacts } from "../machine.ts";
import { onStack } from "../measure_part.ts";
import { count } from "../../terminal/count.ts";
import { partCommand, readPart } from "../options.ts";
import { benchSeed, type SeedBenchPlan } from "./bench_seed.ts";
import { withServerFolder } from "./folder.ts";
import type { SeedBenchResult } from "./result.ts";
import { findServer } from "./server.ts";
import { seedBenchText } from "./text.ts";

type SeedBenchArguments = SeedBenchPlan & { readonly json: boolean };

/** As many as `seed` takes by itself for large data. */
const WORKERS = Math.min(availableParallelism(), 8);

/** Settings that shape a load. */
const SETTINGS = [
  "shared_buffers",
  "maintenance_work_mem",
  "max_wal_size",
  "wal_level",
  "fsync",
  "full_page_writes",
];

/** `selfbench seed`: measures and prints. @throws {UsageError} for a command line that cannot be meant */
export async function seedPart(args: readonly string[], config: Config): Promise<void> {
  const title = "Measure the seeding against PostgreSQL's own COPY of the same rows.";
  const task = partCommand("seed", title, {
    pairs: ["rounds in which only the rows are loaded", "number of pairs", 1, 100],
    "whole-pairs": [
      "rounds with keys, indexes and statistics; minutes each at full",
      "number of whole pairs",
      1,
      100,
    ],
  })
    .option("--dataset <name>", `data set: ${Object.keys(datasets).join(", ")}`, "northwind")
    .option("--scale <scale>", `size: ${SCALES.join(", ")}`, "full")
    .option("--seed <n>", "seed of the data", count("seed", 0, 0xffff_ffff), 42)
    .option(
      "--workers <n>",
      "connections of Benchbook and of its peers",
      count("number of workers", 1, 64),
      WORKERS,
    );
  const given = readPart<SeedBenchPlan>(task, args);
  resolveData(given);
  const result = await measure(given, config);
  const terminal = openTerminal(given);
  terminal.print(`\n${seedBenchText(result, terminal.width.columns)}`);
  if (given.json) sayJson(result);
}

async function measure(plan: SeedBenchArguments, config: Config): Promise<SeedBenchResult> {
  const terminal = openTerminal(plan);
  const before = machineFacts(null);
  return await onStack("seed", { config, terminal }, [], async ({ postgres }, signal) => {
    // The embedded server is us, unless root started it for somebody else.
    const sameUser = isEmbedded(postgres) && unprivilegedUser() === null;
    return await withServerFolder(config.home, sameUser, async (folder) => {
      const server = await findServer(postgres.adminUrl, folder);
      const result = await benchSeed(plan, { server, folder, terminal, signal });
      const settings = Object.fromEntries(
        SETTINGS.map((name) => [name, postgres.settings[name] ?? "unknown"]),
      );
      return { ...result, machine: { ...before, postgres: postgres.version, settings } };
    });
  });
}
