import type { Client } from "pg";
import { ServiceError } from "../model/errors.ts";
import { sleep } from "../net/sleep.ts";
import { transaction } from "../seed/sql.ts";
import { moveSql } from "./move_sql.ts";

/** A writer who holds a table keeps the fence waiting, and all who come later wait behind it: so long at a time, ms. */
const LOCK_MS = 100;
const PAUSE_MS = 20;

/**
 * Refuses all writes to tables from a moment on, whoever sends them, and all changes of their schemas where the role may:
 * triggers that fail, all made in one transaction. It waits for the writers that are under way, ends nobody's session, and
 * lets through what comes by replication.
 * @param limitMs it is tried so long
 * @throws {ServiceError} where somebody keeps a table; nothing is fenced then
 */
export async function raiseFence(
  client: Client,
  schema: string,
  relations: readonly string[],
  limitMs: number,
): Promise<void> {
  const trigger = `${schema}_fence`;
  const tables = relations.map((relation) => moveSql("fence.sql", { trigger, relation, schema }));
  const { rows: [role] } = await client.query<{ super: boolean }>(
    "SELECT current_setting('is_superuser') = 'on' AS super",
  );
  const text = [...tables, ...role!.super ? [moveSql("fence_schemas.sql", { schema })] : []].join(";\n");
  for (const untilMs = performance.now() + limitMs;;) {
    try {
      await transaction(client, async () => {
        await client.query(`SET LOCAL lock_timeout = ${LOCK_MS}`);
        await client.query(text);
      });
      return;
    } catch (error) {
      const { code = "", message } = error as { code?: string; message: string };
      if (!["55P03", "40P01"].includes(code)) throw error;
      if (performance.now() + PAUSE_MS >= untilMs) {
        throw new ServiceError(
          `Cannot fence the tables that move: a transaction that writes keeps one of them (${message})`,
          "Let it end, then move again; pg_locks on the server that is left shows it.",
          { cause: error },
        );
      }
      await sleep(PAUSE_MS);
    }
  }
}

/** Takes writes and changes again. */
export async function dropFence(client: Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ removal: string }>(moveSql("fenced.sql"), [
    `${schema}.fence()`,
    `${schema}.fence_schemas()`,
  ]);
  if (rows.length > 0) await client.query(rows.map(({ removal }) => removal).join(";\n"));
}
