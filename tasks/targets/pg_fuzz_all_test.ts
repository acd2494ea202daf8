import assert from "node:assert/strict";
import { fuzzClient } from "./testing_pg_client_fuzz.ts";
import { fuzzConversations } from "./testing_pg_fuzz.ts";
import { inBoundedMemory } from "./testing_memory.ts";

const COUNT = 10_000;

Deno.test("of 10,000 servers, right, odd and hostile, the client believes what is an answer, in bounded memory", async () => {
  const { sessions, answered, failed } = await inBoundedMemory(() =>
    fuzzConversations(Array.from({ length: COUNT }, (_, seed) => 1000 + seed))
  );
  assert.ok(
    sessions > 7000 && answered > 5000 && failed > 2000,
    JSON.stringify({ sessions, answered, failed }),
  );
});

Deno.test("of 1,000 such servers none ends the process through the client of what is not measured", async () => {
  const { answered, failed } = await inBoundedMemory(() =>
    fuzzClient(Array.from({ length: 1000 }, (_, seed) => 1000 + seed))
  );
  assert.ok(answered > 100 && failed > 300, JSON.stringify({ answered, failed }));
});
