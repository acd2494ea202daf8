import type { Terminal } from "../../terminal/terminal.ts";
import { counted, formatBytes, formatCount, formatSeconds } from "../../model/units.ts";
import { rowsByTable } from "../../seed/made_tables.ts";
import { type DataSpec, diskNeed, resolveData } from "../../seed/spec.ts";
import { type Contestant, inTurn, type Round } from "../rounds.ts";
import { type CopyFiles, estimateBytes, warm, writeCopyFiles } from "./copy_files.ts";
import { findPgbench, pgbenchRows, pgbenchScale } from "./pgbench.ts";
import { contest, memory, type SeedBenchResult, type Timed } from "./result.ts";
import type { Server } from "./server.ts";
import { copySide, type Did, oursSide, pgbenchSide, type SideContext } from "./sides.ts";
import { refuseLittleSpace } from "./space.ts";

/** What `selfbench seed` is to measure. */
export interface SeedBenchPlan {
  readonly dataset: string;
  readonly scale: string;
  readonly seed: number;
  /** Rounds in which only rows are loaded. */
  readonly pairs: number;
  /** Rounds with keys, indexes and statistics. */
  readonly wholePairs: number;
  /** Connections of Benchbook, and of the peers that have as many. */
  readonly workers: number;
}

/** Where it is measured. */
export interface SeedContext {
  readonly server: Server;
  /** For files that the server can read. */
  readonly folder: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

const OURS = "Benchbook";
const PGBENCH = "pgbench";

/**
 * Measures the seeding against COPY of the very same rows from files, each side in a database of its own that
 * is removed afterwards.
 * @throws {UsageError} for data that there are not
 * @throws {ServiceError} when the disk has too little room, and when a side did not load the same rows
 */
export async function benchSeed(
  plan: SeedBenchPlan,
  context: SeedContext,
): Promise<Omit<SeedBenchResult, "machine">> {
  const spec = resolveData(plan);
  const { dataset } = spec;
  const files = await rowsAsFiles(spec, context);
  const { scale, seed, workers } = plan;
  const order = { dataset: dataset.name, scale, seed, workers };
  const side: SideContext = { ...context, dataset, files, order };
  const connections = counted(workers, "connection");

  const ours = `${OURS} by ${connections}`;
  const many = `COPY from files by ${connections}`;
  const rowSides = [oursSide(OURS, "rows", side), copySide(many, workers, "nothing", side)];
  if (workers > 1) rowSides.push(copySide("COPY from files by 1 connection", 1, "nothing", side));
  const rowRounds = await rounds("Load the rows", plan.pairs, rowSides, context.terminal);

  const inOrder = `COPY by ${connections}, then DDL by 1`;
  const spread = `COPY and DDL by ${connections}`;
  const program = await findPgbench();
  const pgbench = pgbenchScale(files.rows);
  const wholeSides = [
    oursSide(OURS, "whole", side),
    copySide(inOrder, workers, "in order", side),
    copySide(spread, workers, "spread", side),
    ..."unavailable" in program ? [] : [pgbenchSide(PGBENCH, program, pgbench, side)],
  ];
  const wholeRounds = await rounds("Load the whole", plan.wholePairs, wholeSides, context.terminal);

  const { rows } = files;
  return {
    part: "seed",
    dataset: dataset.name,
    scale,
    seed,
    connections: workers,
    rows,
    copyBytes: files.bytes,
    hash: files.hash,
    contests: [
      contest(
        "rows",
        timed(rowRounds, OURS, rows, ours),
        rowSides.slice(1).map(({ name }) => timed(rowRounds, name, rows)),
        // Servers without a generator beside them have all cores to themselves: the rate of one file's COPY is
        // what is promised.
        workers > 1 ? [many] : [],
      ),
      contest(
        "whole",
        timed(wholeRounds, OURS, rows, ours),
        [inOrder, spread].map((name) => timed(wholeRounds, name, rows)),
      ),
    ],
    pgbench: "unavailable" in program ? program : pgbenchTimed(program.version, pgbench, wholeRounds),
    prepareSeconds: rowRounds.map((round) => round[OURS]!.prepareSeconds!),
    memory: memory(peakOf([...rowRounds, ...wholeRounds])),
  };
}

function timed(all: readonly Round<Did>[], side: string, rows: number, what = side): Timed {
  return { what, rows, seconds: all.map((round) => round[side]!.seconds) };
}

/** The most memory that Benchbook took; null where a round could not tell. */
function peakOf(all: readonly Round<Did>[]): number | null {
  const peaks = all.map((round) => round[OURS]!.peakBytes);
  return peaks.includes(null) ? null : Math.max(...peaks as number[]);
}

function pgbenchTimed(version: string, scale: number, all: readonly Round<Did>[]) {
  const what = `pgbench ${version} -i -s ${scale}, no foreign keys`;
  return { ...timed(all, PGBENCH, pgbenchRows(scale), what), version };
}

/** Writes the rows that Benchbook makes into files, once it is sure that there is room for all that follows. */
async function rowsAsFiles({ dataset, shape }: DataSpec, context: SeedContext): Promise<CopyFiles> {
  const { server, folder, terminal, signal } = context;
  return await terminal.step("Write the rows into files", async (progress) => {
    progress("preparing");
    const tables = dataset.tables(shape, await dataset.prepare(shape));
    refuseLittleSpace([
      { what: "the files", path: folder, bytes: estimateBytes(tables) },
      {
        what: "the database and its log",
        path: server.dataDirectory ?? folder,
        bytes: diskNeed(dataset, rowsByTable(tables)),
      },
    ]);
    const files = await writeCopyFiles(tables, folder, { signal, onFile: progress });
    await warm(files);
    const size = `${formatCount(files.rows)} rows, ${formatBytes(files.bytes)}`;
    return { value: files, detail: `${size} in ${files.files.length} files` };
  });
}

function rounds(
  title: string,
  count: number,
  sides: readonly Contestant<Did>[],
  terminal: Terminal,
): Promise<readonly Round<Did>[]> {
  return inTurn(
    count,
    sides,
    (round, work) =>
      terminal.step(`${title}, round ${round + 1} of ${count}`, async (progress) => {
        const value = await work(progress);
        const took = sides.map(({ name }) => `${name} ${formatSeconds(value[name]!.seconds)}`);
        return { value, detail: took.join("; ") };
      }),
  );
}
