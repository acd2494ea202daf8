import type { Client } from "pg";
import { moveSql } from "./move_sql.ts";

/** A materialized view that has its rows. */
interface Matview {
  /** As SQL writes it. */
  readonly name: string;
  /** Whether it can be filled anew while others read it. */
  readonly concurrently: boolean;
}

async function matviewsOf(client: Client, schemas: readonly string[]): Promise<readonly Matview[]> {
  return (await client.query<Matview>(moveSql("matviews.sql"), [schemas])).rows;
}

/** Those that nobody can fill anew without keeping others from reading them, as a sentence for whom it is to do; null: none. */
export async function staleText(target: Client, schemas: readonly string[]): Promise<string | null> {
  const stale = (await matviewsOf(target, schemas)).filter(({ concurrently }) => !concurrently);
  if (stale.length === 0) return null;
  return "Materialized views without a unique index were filled at the target while clients wrote, and hold what was there " +
    `then: ${stale.map(({ name }) => `REFRESH MATERIALIZED VIEW ${name};`).join(" ")}`;
}

/** Fills the others anew. @returns their names */
export async function refresh(target: Client, schemas: readonly string[]): Promise<readonly string[]> {
  const fresh = (await matviewsOf(target, schemas)).filter(({ concurrently }) => concurrently);
  for (const { name } of fresh) await target.query(`REFRESH MATERIALIZED VIEW CONCURRENTLY ${name}`);
  return fresh.map(({ name }) => name);
}
