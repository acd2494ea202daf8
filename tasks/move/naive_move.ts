import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { pipeline } from "node:stream/promises";
import { completed } from "./completed.ts";
import { BEFORE, makeTables } from "./copy_schema.ts";
import type { Mover } from "./move_context.ts";
import type { MovePause } from "./move_options.ts";
import { moveSql } from "./move_sql.ts";
import { carried } from "./switch_over.ts";

/**
 * Moves as it is done where nobody replicates: clients stop, all rows are copied, clients start at the target. How long
 * they stop is how long that takes.
 * @throws {MoveFailure}
 */
export async function moveNaively(mover: Mover): Promise<void> {
  const { options: { gate, nowUs, schemas, signal }, source, target, names, run, catalogue } = mover;
  await run("tables", 0, async () => {
    catalogue.copied(BEFORE, await makeTables(source, target, schemas, names));
  });
  await gate.prepare("target", signal);
  const startUs = nowUs();
  let closedUs = NaN;
  try {
    await run("stop", 0, () => gate.close(signal));
    closedUs = nowUs();
    await run("copyAll", 0, async (record) => record.change({ rows: await copyAll(mover) }));
    await run("complete", 0, async () => {
      await completed(mover);
    });
    await run("start", 0, async () => {
      await carried(mover, { from: source, to: target }, "target");
      await catalogue.check();
    });
    mover.keep({ switched: true, at: "target" });
    await run("start", 1, () => gate.open("target"));
    mover.at = "target";
  } catch (error) {
    if (!Number.isNaN(closedUs)) {
      await gate.open("source").catch((failed: Error) => {
        mover.left.push(`Clients could not go on at the source: ${failed.message}.`);
      });
      mover.keep({ at: "source" });
    }
    throw error;
  } finally {
    const pause: MovePause = {
      to: "target",
      at: mover.at,
      startUs,
      closedUs: closedUs || nowUs(),
      fencedUs: null,
      caughtUpUs: null,
      comparedUs: null,
      endUs: nowUs(),
    };
    mover.pauses.push(pause);
  }
}

/** @returns rows of all tables */
async function copyAll(
  { source, target, tables, options: { nowUs, onSample, signal } }: Mover,
): Promise<number> {
  let rows = 0;
  let bytes = 0;
  for (const [nth, { relation }] of tables.tables.entries()) {
    signal?.throwIfAborted();
    const columns = await columnsOf(source, relation);
    const reading = source.query(copyTo(`COPY ${relation} (${columns}) TO STDOUT`));
    const writing = target.query(copyFrom(`COPY ${relation} (${columns}) FROM STDIN`));
    reading.on("data", (chunk: Uint8Array) => bytes += chunk.length);
    await pipeline(reading, writing);
    rows += writing.rowCount ?? 0;
    onSample({ atUs: nowUs(), metric: "copied_bytes", value: bytes });
    onSample({ atUs: nowUs(), metric: "tables_copied", value: nth + 1 });
  }
  return rows;
}

/** Those that are not computed. */
async function columnsOf(client: Mover["source"], relation: string): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(moveSql("stored_columns.sql"), [relation]);
  return rows[0]!.columns;
}
