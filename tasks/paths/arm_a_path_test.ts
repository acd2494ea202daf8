import assert from "node:assert/strict";
import { armAPath } from "./arm_a_path.ts";

Deno.test("of one arm a path direct SQL is the baseline where it took part, else the first", () => {
  const roles = (...paths: string[]) => armAPath(paths).map(({ name, role }) => [name, role]);
  assert.deepEqual(roles("graphql", "sql"), [["graphql", "candidate"], ["sql", "baseline"]]);
  assert.deepEqual(roles("graphql", "sql+cache"), [["graphql", "baseline"], ["sql+cache", "candidate"]]);
  assert.deepEqual(armAPath([]), []);
  assert.deepEqual(armAPath(["sql"]), [{
    armId: 0,
    name: "sql",
    path: "sql",
    role: "baseline",
    overrides: {},
  }]);
});
