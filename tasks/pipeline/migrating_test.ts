import assert from "node:assert/strict";
import { recordedSteps } from "./migrating.ts";

Deno.test("what a run records of its steps has no statement's own text, which may hold a password", () => {
  const statements = [{ text: "CREATE ROLE app PASSWORD 'hunter2'", line: 4, shown: "CREATE ROLE …" }];
  const [step] = recordedSteps([{
    step: 1,
    file: "change.sql",
    about: "",
    risk: null,
    fix: null,
    shows: [],
    move: { kind: "plain", oneTransaction: false },
    statements,
  }]);
  assert.deepEqual(step!.statements, [{ text: "CREATE ROLE …", line: 4, shown: "CREATE ROLE …" }]);
});
