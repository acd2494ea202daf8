import assert from "node:assert/strict";
import { k6Peer } from "./peers.ts";

Deno.test("a k6 without what it needs to ask PostgreSQL is said to be so", () => {
  const k6 = { path: "/usr/bin/k6", version: "1.3.0" };
  const plain = k6Peer({ ...k6, imports: [] });
  assert.ok("unavailable" in plain);
  assert.match(
    plain.unavailable,
    /^\/usr\/bin\/k6 \(1\.3\.0\) lacks k6\/x\/sql and k6\/x\/sql\/driver/,
  );
  const driverless = k6Peer({ ...k6, imports: ["k6/x/sql", "k6/x/sql/driver/ramsql"] });
  assert.ok("unavailable" in driverless);
  assert.match(driverless.unavailable, /lacks k6\/x\/sql\/driver\/postgres: it must be built with xk6-sql/);
  const whole = k6Peer({ ...k6, imports: ["k6/x/sql", "k6/x/sql/driver/postgres"] });
  assert.ok("run" in whole);
  assert.equal(whole.least, 1);
});
