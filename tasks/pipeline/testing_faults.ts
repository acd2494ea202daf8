import { join } from "node:path";
import { Client } from "pg";
import { embeddedDatabaseUrl } from "../stack/postgres.ts";
import { readRecords } from "../stack/state.ts";
import { openStore } from "../store/open.ts";
import type { Workbench } from "./testing.ts";

/** Long enough to be caught in the middle. */
export const LONG = ["--scale", "tiny", "--duration", "30s", "--warmup", "600ms"];

/** Requests by status of their run, outcome and error. */
export async function outcomes(
  bench: Workbench,
): Promise<{ status: string; outcome: string; error: string | null; n: number }[]> {
  const store = await openStore(bench.db, { mode: "read" });
  try {
    return await store.rows(
      `SELECT r.status::VARCHAR AS status, t.outcome::VARCHAR AS outcome, t.error::VARCHAR AS error, count(*)::INT AS n
       FROM timing t JOIN run r USING (run_id) GROUP BY ALL ORDER BY ALL`,
    );
  } finally {
    store.close();
  }
}

/** The services that the home's records name. */
export function services(bench: Workbench) {
  return readRecords(bench.home);
}

/** Every file below a folder, read as bytes that are letters where they are letters. */
export async function contents(folder: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) texts.push(...await contents(path));
    else texts.push(new TextDecoder("latin1").decode(await Deno.readFile(path)));
  }
  return texts;
}

/** Orders with a reserved key that lie in the data set's database. */
export async function reservedOrders(bench: Workbench): Promise<number> {
  const postgres = services(bench).find(({ name }) => name === "postgres")!;
  const client = new Client({
    connectionString: embeddedDatabaseUrl(bench.home, postgres.port, "northwind_tiny_42"),
  });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT count(*)::int AS n FROM northwind.orders WHERE order_id >= 1000000000",
    );
    return rows[0].n as number;
  } finally {
    await client.end();
  }
}
