import { fuzzGraphqlBodies, fuzzHttp, fuzzRedis } from "./testing_fuzz_clients.ts";
import { inBoundedMemory } from "./testing_memory.ts";

const CASES = 200;

Deno.test("200 odd bodies of GraphQL are right or a failure with a code, in bounded memory", () =>
  inBoundedMemory(() => fuzzGraphqlBodies(1_000_000, CASES)));
Deno.test("200 odd answers of HTTP end no more than their connection, in bounded memory", () =>
  inBoundedMemory(() => fuzzHttp(2_000_000, CASES)));
Deno.test("200 odd replies of Redis keep no request from its rows, in bounded memory", () =>
  inBoundedMemory(() => fuzzRedis(3_000_000, CASES)));
