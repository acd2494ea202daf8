import { z } from "zod";
import type { Plan } from "../../model/run.ts";
import { micros, smallId } from "../spool_form.ts";
import type { Table } from "./table.ts";

export const planTable: Table<Plan> = {
  name: "plan",
  columns: { operation_id: "USMALLINT", at_us: "BIGINT", plan: "JSON" },
  file: "plans.json",
  form: z.object({ operationId: smallId, atUs: micros, plan: z.json().refine((plan) => plan !== null) }),
  values: ({ operationId, atUs, plan }) => ({ operation_id: operationId, at_us: Math.round(atUs), plan }),
};
