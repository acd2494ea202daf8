import assert from "node:assert/strict";
import { requestsText } from "./show_run.ts";

Deno.test("each request is told as what became of it, those that the run's end cut off too", () => {
  const progress = { due: 1150, ok: 1145, failed: 0, timeout: 0, shed: 0, inFlight: 0 };
  assert.equal(requestsText({ ...progress, due: 1145 }), "1,145 requests, 1,145 ok");
  assert.equal(requestsText(progress), "1,150 requests, 1,145 ok, 5 cut off");
  const all = { due: 10, ok: 1, failed: 2, timeout: 3, shed: 4, inFlight: 0 };
  assert.equal(requestsText(all), "10 requests, 1 ok, 2 failed, 3 timed out, 4 shed");
});
