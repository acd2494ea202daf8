import { z } from "zod";
import type { TierRefresh } from "../../model/tier_settings.ts";
import { micros, text } from "../spool_form.ts";
import type { Table } from "./table.ts";

export const tierRefreshTable: Table<TierRefresh> = {
  name: "tier_refresh",
  file: "tier_refreshes.jsonl",
  form: z.object({
    tier: text,
    relation: text,
    kind: z.enum(["made", "refresh", "fold"]),
    beganUs: micros,
    endedUs: micros,
    outcome: z.enum(["ok", "skipped", "blocked", "failed", "cancelled"]),
    error: text.nullable(),
  }),
};
