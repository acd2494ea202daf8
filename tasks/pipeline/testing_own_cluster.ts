import assert from "node:assert/strict";
import { embeddedDatabaseUrl, startPostgres } from "../stack/postgres.ts";
import { type ProcessId, stopProcess } from "../stack/process.ts";
import { difference, type Look } from "../testing/facts.ts";
import { lookAround } from "../testing/surroundings.ts";
import type { Workbench } from "./testing.ts";

/** What a run may do to the tables of its data set: it vacuums what it wrote into and took back. */
export const VACUUMED = /: maintenance of table northwind\./;
/** Each start of the server takes a free one. */
const PORT = /: setting port: /;

/**
 * Looks at every database of a workbench's cluster, row by row, while no task runs: the server is started
 * for it alone.
 */
export async function lookAtOwnCluster({ home }: Workbench): Promise<Look> {
  let running: ProcessId | undefined;
  try {
    const { port } = await startPostgres(home, (started) => running = started.process);
    return await lookAround({
      postgres: { url: embeddedDatabaseUrl(home, port, "postgres"), databases: "all" },
    });
  } finally {
    if (running !== undefined) await stopProcess(running, "SIGINT");
  }
}

/** That the looks are alike, and that there was something to look at: the orders of the data set. */
export function assertClusterAsFound(before: Look, after: Look): void {
  const orders = [...before.keys()].filter((name) => name.endsWith("content of table northwind.orders"));
  assert.ok(orders.length > 0, "no orders were looked at");
  assert.deepEqual(difference(before, after, { except: [VACUUMED, PORT] }), [], "not as it was found");
}
