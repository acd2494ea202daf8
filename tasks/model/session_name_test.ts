import assert from "node:assert/strict";
import { markedName, newSessionMark, roleOfSession, sessionName, sessionPrefix } from "./session_name.ts";

Deno.test("a session's name holds the whole id of its run within PostgreSQL's 63 bytes", () => {
  const runId = "20261129-121515-ab12";
  for (
    const role of ["load", "proof", "graphql", "plans", "clone", "migration", "beside", "locks"] as const
  ) {
    const name = sessionName(runId, role);
    assert.ok(name.startsWith(sessionPrefix(runId)) && name.includes(runId));
    assert.ok(new TextEncoder().encode(name).length <= 63, name);
  }
});

Deno.test("the prefix of a run is not that of a run whose id begins alike", () => {
  assert.ok(!sessionName("20261129-121515-ab12", "load").startsWith(sessionPrefix("20261129-121515-ab1")));
});

Deno.test("a session's name tells whose it is", () => {
  const runId = "20261129-121515-ab12";
  const role = (name: string | null) => roleOfSession(name, runId);
  assert.equal(role(sessionName(runId, "load")), "load");
  assert.equal(role(markedName(sessionName(runId, "graphql"), newSessionMark())), "load");
  assert.equal(role(sessionName(runId, "migration")), "migration");
  assert.equal(role(sessionName(runId, "beside")), "beside");
  assert.equal(role(sessionName(runId, "locks")), "benchbook");
  assert.equal(role(sessionName("20261129-121515-ab13", "load")), "benchbook");
  assert.equal(role("benchbook-observer"), "benchbook");
  assert.equal(role("psql"), "other");
  assert.equal(role(""), "other");
  assert.equal(role(null), "other");
});
