import type { Config } from "../config.ts";
import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";

/** Something of Benchbook that is measured against its peers. */
export interface Part {
  /** One line for `--help`. */
  readonly title: string;
  /** Measures and prints, given what follows the part's name on the command line. */
  readonly run: (args: readonly string[], config: Config) => Promise<void>;
}

/** The parts by name, in the order in which they run when none is named; each is imported only when it runs. */
export const parts: Readonly<Record<string, Part>> = {
  seed: {
    title: "the seeding against PostgreSQL's own COPY, and pgbench's",
    run: async (args, config) => await (await import("./seed/task.ts")).seedPart(args, config),
  },
  load: {
    title:
      "the load generator beside pgbench, k6 and Artillery: throughput, accuracy, cost, memory, and what it refuses",
    run: async (args, config) => await (await import("./load/task.ts")).loadPart(args, config),
  },
  http: {
    title: "GraphQL over HTTP beside autocannon, wrk, k6 and Artillery",
    run: async (args, config) => await (await import("./http/task.ts")).httpPart(args, config),
  },
  store: {
    title: "storing timings: rows a second, bytes a timing, and what spooling costs",
    run: async (args, config) => await (await import("./store/task.ts")).storePart(args, config),
  },
  cache: {
    title: "the cached path: what a hit costs beside ioredis, and loads of hot keys that expire",
    run: async (args, config) => await (await import("./cache/task.ts")).cachePart(args, config),
  },
  tiers: {
    title:
      "at which interval of its refreshes a view breaks even: predicted by one run, and measured at several",
    run: async (args, config) => await (await import("./tiers/task.ts")).tiersPart(args, config),
  },
  report: {
    title: "the report of ten million timings and the site of a thousand runs: time, memory and size",
    run: async (args, config) => await (await import("./report/task.ts")).reportPart(args, config),
  },
  predict: {
    title: "what a migration is predicted to do to its users, held against what it does",
    run: async (args, config) => await (await import("./predict/task.ts")).predictPart(args, config),
  },
  moves: {
    title: "moves to a new server, there and back, and writes that race with the switch",
    run: async (args, config) => await (await import("./moves/task.ts")).movesPart(args, config),
  },
  probe: {
    title: "pauses and lost writes that a proxy makes on purpose, held against what a probe tells of them",
    run: async (args, config) => await (await import("./probe/task.ts")).probePart(args, config),
  },
  verdicts: {
    title:
      "real runs of twins, and of an operation that is a tenth slower: false verdicts, and what is found",
    run: async (args, config) => await (await import("./verdicts/task.ts")).verdictsPart(args, config),
  },
  truth: {
    title: "simulated runs whose truth is known: changes found, false verdicts, and intervals that hold",
    run: async (args, config) => await (await import("./truth/task.ts")).truthPart(args, config),
  },
};

/**
 * The parts that a command line asks for: the one it names, else all.
 * @throws {UsageError} with the nearest name for an unknown one
 */
export function partsAskedFor(name: string | undefined): readonly Part[] {
  if (name === undefined) return Object.values(parts);
  const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (part === undefined) {
    throw new UsageError(
      `Cannot measure "${name}": selfbench has no such part`,
      hint(name, Object.keys(parts)),
    );
  }
  return [part];
}
