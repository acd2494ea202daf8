import { join } from "node:path";
import { reference } from "../../paths/registry.ts";
import { UNLIMITED, withClient } from "../../seed/connect.ts";
import { initialise, type Pgbench } from "../seed/pgbench.ts";
import type { OneArm } from "../one_arm.ts";

/** Accounts of a pgbench scale of 1. */
export const SCALE_ACCOUNTS = 100_000;
const QUERIES = join(import.meta.dirname!, "../../../queries/selfbench/load");

/** Fills an empty database with pgbench's tables, or with our like of its accounts where there is no pgbench. */
export async function fillAccounts(program: Pgbench | null, url: string, scale: number): Promise<void> {
  if (program !== null) return void await initialise(program, url, scale);
  await withClient(url, async (client) => {
    await client.query(sql("accounts.sql").replaceAll(":accounts", String(scale * SCALE_ACCOUNTS)));
    await client.query("VACUUM (FREEZE, ANALYZE) pgbench_accounts");
  }, UNLIMITED);
}

/** The question that `pgbench -S` asks: one account by its key, each key as likely as any other. */
export function accountQuestion(url: string, scale: number): Pick<OneArm, "target" | "text" | "params"> {
  return {
    target: { path: reference.name, url },
    text: sql("account_by_key.sql").replace(":aid", "$1::integer").trim(),
    params: { aid: { kind: "integer", min: 1, max: scale * SCALE_ACCOUNTS } },
  };
}

function sql(file: string): string {
  return Deno.readTextFileSync(join(QUERIES, file));
}
