import assert from "node:assert/strict";
import { sessionName, sessionPrefix } from "./session_name.ts";

Deno.test("a session's name holds the whole id of its run within PostgreSQL's 63 bytes", () => {
  const runId = "20261129-121515-ab12";
  for (const role of ["load", "proof", "graphql", "plans", "clone", "migration", "beside"] as const) {
    const name = sessionName(runId, role);
    assert.ok(name.startsWith(sessionPrefix(runId)) && name.includes(runId));
    assert.ok(new TextEncoder().encode(name).length <= 63, name);
  }
});

Deno.test("the prefix of a run is not that of a run whose id begins alike", () => {
  assert.ok(!sessionName("20261129-121515-ab12", "load").startsWith(sessionPrefix("20261129-121515-ab1")));
});
