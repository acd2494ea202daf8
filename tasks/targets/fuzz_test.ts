import { fuzzGraphqlBodies, fuzzHttp, fuzzRedis } from "./testing_fuzz_clients.ts";

const CASES = 200;

Deno.test("200 odd bodies of GraphQL are right or a failure with a code", () =>
  fuzzGraphqlBodies(1_000_000, CASES));
Deno.test("200 odd answers of HTTP end no more than their connection", () => fuzzHttp(2_000_000, CASES));
Deno.test("200 odd replies of Redis keep no request from its rows", () => fuzzRedis(3_000_000, CASES));
