import assert from "node:assert/strict";
import { fuzzRedisClient } from "./testing_redis_client_fuzz.ts";
import { inBoundedMemory } from "./testing_memory.ts";

Deno.test("10,000 odd and hostile servers are a reading, removed keys or an error, in bounded memory", async () => {
  const { done, failed } = await inBoundedMemory(() => fuzzRedisClient(8_000_000, 10_000));
  assert.ok(done > 1000 && failed > 2000, JSON.stringify({ done, failed }));
});
