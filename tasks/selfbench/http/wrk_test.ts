import assert from "node:assert/strict";
import { parseWrk, wrkScript } from "./wrk.ts";

Deno.test("wrk's rate counts only where all its answers were right", () => {
  const report =
    "  157211 requests in 5.10s, 33.88MB read\nRequests/sec:  30826.91\nTransfer/sec:      6.64MB\n";
  assert.deepEqual(parseWrk(report), { rate: 30826.91 });
  const others = "  Non-2xx or 3xx responses: 157211\n";
  assert.deepEqual(parseWrk(others + report), { failure: others.trim() });
  const fault = "wrk.lua:3: unexpected symbol near '='\n";
  assert.deepEqual(parseWrk(fault + report), { failure: fault.trim() });
  assert.deepEqual(parseWrk("unable to connect\n"), { failure: "unable to connect" });
});

Deno.test("wrk posts the same body and headers", () => {
  assert.equal(
    wrkScript({ "x-secret": "a]]b" }, '{"query":"{ a }"}'),
    'wrk.method = "POST"\nwrk.body = [====[{"query":"{ a }"}]====]\n' +
      "wrk.headers[ [====[x-secret]====] ] = [====[a]]b]====]\n",
  );
});
