import { z } from "zod";
import type { Plan } from "../../model/run.ts";
import { micros, smallId } from "../spool_form.ts";
import type { Table } from "./table.ts";

export const planTable: Table<Plan> = {
  name: "plan",
  file: "plans.json",
  form: z.object({ operationId: smallId, atUs: micros, plan: z.json().refine((plan) => plan !== null) }),
};
