import { join } from "node:path";
import { InterruptedError, ServiceError } from "../../model/errors.ts";
import { runProgram } from "../../stack/programs.ts";
import { complaint } from "../../terminal/command.ts";
import { asGenerator } from "../as_generator.ts";
import { wayIn } from "../peers/way_in.ts";
import type { Pgbench } from "../seed/pgbench.ts";

/** What pgbench measured with its built-in SELECT of one account by its key, prepared. */
export interface SelectOnly {
  /** Transactions a second, without the time for connecting. */
  readonly rate: number;
  /** From the scheduled start to the end, µs, ascending; empty without a rate. */
  readonly response: Float64Array;
  /** From the scheduled start to the real one, µs, ascending; empty without a rate. */
  readonly lag: Float64Array;
  /** From the real start to the end, µs, ascending; empty without a rate. */
  readonly served: Float64Array;
}

export interface SelectOnlyOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Transactions a second, arriving as a Poisson process; without it as fast as can be. */
  readonly rate?: number;
  /** For its logs. */
  readonly dir: string;
  readonly signal: AbortSignal;
}

/**
 * `pgbench -S -M prepared -c <connections> -j 2`. With a rate it has one thread, which waits as a generator's does.
 * @throws {ServiceError} with what it said when it failed
 */
export async function selectOnly(program: Pgbench, options: SelectOnlyOptions): Promise<SelectOnly> {
  const { url, connections, seconds, rate, dir, signal } = options;
  const logs = Deno.makeTempDirSync({ dir });
  const args = [
    "-n",
    "-S",
    "-M",
    "prepared",
    "-c",
    connections,
    "-j",
    rate === undefined ? Math.min(2, connections) : 1,
    "-T",
    seconds,
  ];
  if (rate !== undefined) args.push("--rate", rate, "-l", "--log-prefix", join(logs, "pgbench"));
  const run = () =>
    runProgram(program.path, args.map(String), {
      env: wayIn(url),
      timeoutMs: (seconds + 60) * 1000,
      signal,
    });
  const { code, output } =
    await (rate === undefined ? run() : asGenerator(run, (note) => console.error(complaint(`! ${note}`))));
  if (signal.aborted) throw new InterruptedError();
  const tps = parseRate(output);
  if (code !== 0 || tps === null) {
    throw new ServiceError(`Cannot measure with pgbench: ${output.trim().split("\n").at(-1)}`);
  }
  const lines = [...Deno.readDirSync(logs)].flatMap(({ name }) =>
    Deno.readTextFileSync(join(logs, name)).split("\n")
  );
  Deno.removeSync(logs, { recursive: true });
  return { rate: tps, ...parseLog(lines) };
}

/** The `tps = …` of its report; null where there is none. */
export function parseRate(report: string): number | null {
  const rate = /^tps = ([\d.]+)/m.exec(report)?.[1];
  return rate === undefined ? null : Number(rate);
}

/**
 * Lines of its log: client, number, time, script, epoch seconds, microseconds, schedule lag. With `--rate` its
 * time counts from the scheduled start and so holds the lag already (`processXactStats` of pgbench.c).
 */
export function parseLog(lines: readonly string[]): Pick<SelectOnly, "response" | "lag" | "served"> {
  const rows = lines.map((line) => line.split(" ").map(Number)).filter(({ length }) => length === 7);
  return {
    response: Float64Array.from(rows, (row) => row[2]!).sort(),
    lag: Float64Array.from(rows, (row) => row[6]!).sort(),
    served: Float64Array.from(rows, (row) => row[2]! - row[6]!).sort(),
  };
}
