import assert from "node:assert/strict";
import { offeredRate } from "./offered_rate.ts";
import type { RunConfig } from "./run.ts";

type Stream = NonNullable<RunConfig["streams"]>[number];

const stream = (fields: Partial<Stream> = {}): Stream => ({
  name: "main",
  arrivals: "poisson",
  ratePerSecond: 60,
  stages: null,
  session: false,
  operations: ["product-by-id", "product-list"],
  ...fields,
});
const spike = [{ duration: 5, rate: 60, shape: "step" }, { duration: 5, rate: 300 }] as const;

Deno.test("an offered rate is told in the words of what arrives", () => {
  assert.equal(offeredRate({ ratePerSecond: 150 }), "150 requests/s");
  assert.equal(
    offeredRate({ ratePerSecond: 100, streams: [stream(), stream({ ratePerSecond: 40 })] }),
    "100 requests/s",
  );
  assert.equal(
    offeredRate({ ratePerSecond: 60, streams: [stream({ session: true })] }),
    "60 sessions/s of 2 requests",
  );
  assert.equal(
    offeredRate({ ratePerSecond: 70, streams: [stream(), stream({ session: true, ratePerSecond: 10 })] }),
    "60 requests/s and 10 sessions/s of 2 requests",
  );
});

Deno.test("stages are told by their bounds, where one stream alone has them", () => {
  const staged = stream({ stages: spike });
  assert.equal(offeredRate({ ratePerSecond: 60, streams: [staged] }), "60 requests/s, by stages 60 to 300");
  assert.equal(
    offeredRate({ ratePerSecond: 100, streams: [staged, stream({ ratePerSecond: 40 })] }),
    "100 requests/s, by stages 100 to 340",
  );
  assert.equal(
    offeredRate({ ratePerSecond: 120, streams: [staged, staged] }),
    "120 requests/s, by stages",
  );
});
