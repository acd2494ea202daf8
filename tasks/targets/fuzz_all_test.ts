import { fuzzGraphqlBodies, fuzzHttp, fuzzRedis } from "./testing_fuzz_clients.ts";
import { inBoundedMemory } from "./testing_memory.ts";

const CASES = 10_000;

Deno.test("10,000 odd bodies of GraphQL are right or a failure with a code, in bounded memory", () =>
  inBoundedMemory(() => fuzzGraphqlBodies(4_000_000, CASES)));
Deno.test("10,000 odd answers of HTTP end no more than their connection, in bounded memory", () =>
  inBoundedMemory(() => fuzzHttp(5_000_000, CASES)));
Deno.test("10,000 odd replies of Redis keep no request from its rows, in bounded memory", () =>
  inBoundedMemory(() => fuzzRedis(6_000_000, CASES)));
