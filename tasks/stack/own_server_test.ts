import assert from "node:assert/strict";
import { isOwnServer } from "./own_server.ts";
import { self } from "./process.ts";
import { record } from "./state.ts";
import { withTempHome } from "./testing.ts";

Deno.test("a URL leads to the stack's own server by its address and port, and not elsewhere", () =>
  withTempHome((home) => {
    assert.equal(isOwnServer(home, "postgres://me:secret@127.0.0.1:5433/shop"), false, "nothing runs");
    record(home, { name: "postgres", process: self(), port: 5433, stopSignal: "SIGINT", facts: {} }, "up");
    record(home, { name: "redis", process: self(), port: 6390, stopSignal: "SIGTERM", facts: {} }, "up");
    for (
      const [url, own] of [
        ["postgres://me:secret@127.0.0.1:5433/shop", true],
        ["postgres://me@localhost:5433/other", true],
        ["postgres://me@db.example:5433/shop", false],
        ["postgres://me@127.0.0.1:5432/shop", false],
        ["postgres://me@127.0.0.1:6390/shop", false],
      ] as const
    ) assert.equal(isOwnServer(home, url), own, url);
    return Promise.resolve();
  }));
