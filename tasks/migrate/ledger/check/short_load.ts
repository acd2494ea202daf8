import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { OUTCOMES } from "../../../model/timing.ts";
import type { PgClient } from "../../../postgres/client.ts";
import { reachServer } from "../../../seed/connect.ts";
import { SegmentWriter } from "../../../store/segment_writer.ts";
import { parameterText } from "../../../targets/pg_values.ts";
import { operationOfSlot } from "../../../undo/may_write.ts";
import type { Shop } from "./shop.ts";

export interface ShortLoad {
  readonly url: string;
  readonly shop: Shop;
  /** Slots from the first to below the second; each is a write. */
  readonly slots: readonly [from: number, to: number];
  /** Clients that send one after another. */
  readonly clients: number;
  /** Where its spool is made, if there is none yet. */
  readonly spoolDir: string;
  /** Whose segment of the spool is written; it must not be there yet. */
  readonly worker: number;
}

/** A failure that has no SQLSTATE is one of the connection: nobody knows what became of the write. */
const LOST = "ECONNRESET";

/**
 * Makes a small load as fast as it goes, in this thread, and records it as a run does. A client whose connection is lost
 * sends no more.
 */
export async function shortLoad(
  { url, shop, slots: [from, to], clients, spoolDir, worker }: ShortLoad,
): Promise<void> {
  mkdirSync(spoolDir, { recursive: true });
  using recorder = new SegmentWriter(join(spoolDir, `timing-${worker}.seg`), worker, 1024);
  const operationOf = operationOfSlot(shop.writes);
  const nowUs = () => performance.now() * 1000;
  let next = from;
  // Of sessions each step comes behind the one before it, as there is one client then.
  const captured: Record<string, Record<string, unknown>> = {};
  const send = async (client: PgClient) => {
    for (let slot = next++; slot < to; slot = next++) {
      const operation = operationOf(slot);
      const values = shop.mix.valuesOf(slot, operation, captured);
      const { text, parameters } = shop.statements[operation]!;
      const sentUs = nowUs();
      const answer = await client.query({
        text,
        values: parameters.map(({ name }) => parameterText(values[name])),
      })
        .catch((error: { code?: string }) => error.code ?? LOST);
      const error = typeof answer === "string" ? answer : null;
      const outcome = OUTCOMES.indexOf(error === null ? "ok" : "failed");
      const rows = typeof answer === "string" ? -1 : answer.rows.length;
      if (typeof answer !== "string") {
        captured[shop.writes.operations[operation]!.name!] = answer.rows[0] ?? {};
      }
      recorder.push(
        slot,
        0,
        0,
        operation,
        sentUs,
        sentUs,
        sentUs,
        sentUs,
        nowUs(),
        outcome,
        error,
        -1,
        rows,
        -1,
      );
      if (client.statement === null && error !== null && !/^[0-9A-Z]{5}$/.test(error)) return;
    }
  };
  await Promise.all(Array.from({ length: clients }, async () => {
    const client = await reachServer(url, { applicationName: "benchbook-ledger-check" });
    try {
      await send(client);
    } finally {
      await client.end().catch(() => {});
    }
  }));
}
