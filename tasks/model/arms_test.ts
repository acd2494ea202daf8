import assert from "node:assert/strict";
import { armRecords, type PlannedArm } from "./arms.ts";

Deno.test("arms are recorded under their own names, without passwords, and a run has one baseline whatever is missing", () => {
  const planned = [["plain", "graphql"], ["fast", "sql"], ["twin", "graphql"]].map(([name, path], nth) => ({
    name: name!,
    path: path!,
    role: nth === 0 ? "baseline" as const : "candidate" as const,
    overrides: nth === 1
      ? { databaseUrl: "postgres://u:pw@h/d", session: { work_mem: 1, "app.password": "pw" } }
      : {},
  }));
  const records = (...measured: string[]) =>
    armRecords(planned as unknown as PlannedArm[], measured, (url) => url.replace(":pw", ""));
  assert.deepEqual(
    records("plain", "fast", "twin").map(({ armId, name, path, role }) => [armId, name, path, role]),
    [[0, "plain", "graphql", "baseline"], [1, "fast", "sql", "candidate"], [
      2,
      "twin",
      "graphql",
      "candidate",
    ]],
  );
  const [fast, twin] = records("fast", "twin");
  assert.deepEqual([fast!.role, twin!.role], ["baseline", "candidate"]);
  assert.deepEqual(fast!.overrides, {
    databaseUrl: "postgres://u@h/d",
    session: { work_mem: 1, "app.password": "(set)" },
  });
});
