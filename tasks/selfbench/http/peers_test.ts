import assert from "node:assert/strict";
import { parseAutocannon } from "./autocannon.ts";
import { parseK6, parseWrk, wrkScript } from "./peers.ts";

Deno.test("a peer's rate counts only where all its answers were right", () => {
  const cannon = { requests: { total: 50_000 }, duration: 5, errors: 0, non2xx: 0 };
  assert.equal(parseAutocannon(JSON.stringify(cannon)), 10_000);
  assert.equal(parseAutocannon(JSON.stringify({ ...cannon, non2xx: 1 })), null);
  assert.equal(parseAutocannon("Usage:"), null);

  const wrk =
    "  157211 requests in 5.10s, 33.88MB read\nRequests/sec:  30826.91\nTransfer/sec:      6.64MB\n";
  assert.equal(parseWrk(wrk), 30826.91);
  assert.equal(parseWrk(`  Non-2xx or 3xx responses: 157211\n${wrk}`), null);
  assert.equal(parseWrk(`wrk.lua:3: unexpected symbol near '='\n${wrk}`), null);
  assert.equal(parseWrk("unable to connect"), null);

  assert.equal(parseK6('{"metrics":{"http_reqs":{"count":100,"rate":20.5}}}'), 20.5);
  assert.equal(parseK6("{}"), null);
});

Deno.test("wrk posts the same body and headers", () => {
  assert.equal(
    wrkScript({ "x-secret": "a]]b" }, '{"query":"{ a }"}'),
    'wrk.method = "POST"\nwrk.body = [====[{"query":"{ a }"}]====]\n' +
      "wrk.headers[ [====[x-secret]====] ] = [====[a]]b]====]\n",
  );
});
