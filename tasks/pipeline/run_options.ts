import type { Command } from "commander";
import { count } from "../terminal/count.ts";
import { PATHS } from "../paths/registry.ts";
import { duration, label, LABEL_CHARACTERS, pair, positive, warmup } from "./option_values.ts";

const MAX_WORKERS = 64;
const MAX_CONCURRENCY = 10_000;

/** Adds the options that say what load is made. @param measured what `--duration` is */
export function addLoadOptions(command: Command, measured: string): Command {
  return command
    .option(
      "--rate <n>",
      "open loop: requests a second over all arms; sessions, where the scenario has sessions (default: the scenario's)",
      positive("rate"),
    )
    .option(
      "--concurrency <n>",
      "closed loop: number of clients, each waiting for an answer before its next request",
      count("concurrency", 1, MAX_CONCURRENCY),
    )
    .option("--duration <time>", measured, duration("duration"))
    .option(
      "--warmup <time>",
      "time before what is measured, excluded from all statistics, e.g. 5s or 0",
      warmup,
    )
    .option("--paths <a,b>", `access paths to compare, each an arm of its name: ${PATHS.join(",")}`);
}

/** Adds the options of whatever makes a run, judges it and reports on it. */
export function addRunOptions(command: Command): Command {
  return command
    .option(
      "--workers <n>",
      "generator threads; by default half of the cores, in a closed loop at least two",
      count("workers", 1, MAX_WORKERS),
    )
    .option(
      "--set <key=value>",
      "a setting of the scenario, or of the run: graphql_instances, balancer; may be repeated",
      pair("cache_ttl=30"),
      {},
    )
    .option("--label <text>", `a name to find the run by, of up to ${LABEL_CHARACTERS} characters`, label)
    .option("--slo <terms>", 'targets, e.g. "p95<200ms,errors<1%,hit>80%,graphql: p99<1s over 10s"')
    .option("--no-report", "measure and store only")
    .option("--no-pdf", "make no PDF")
    .option("--json", "print summary.json on stdout, and all other output on stderr", false);
}
