import assert from "node:assert/strict";
import fc from "fast-check";
import { answeredWithin, dueAt, responseTimeUs, servedWithin, serviceTimeUs } from "./known.ts";

Deno.test("the share served within a service time is that service time's level", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (p) => {
    assert.ok(Math.abs(servedWithin(serviceTimeUs(p)) - p) < 1e-9);
  }));
});

Deno.test("response times around a freeze come out as when each request is followed", () => {
  const freeze = { fromUs: 5e6, toUs: 7e6 };
  const times = 200;
  const intended = Float64Array.from({ length: 500 }, (_, index) => index * 20_000 + 7);
  const followed: number[] = [];
  for (const due of intended) {
    for (let index = 0; index < times; index++) {
      followed.push(dueAt(due, serviceTimeUs((index + 0.5) / times), freeze) - due);
    }
  }
  for (let us = 5_000; us < 2.4e6; us *= 1.1) {
    const share = followed.filter((each) => each <= us).length / followed.length;
    const expected = answeredWithin(us, intended, freeze);
    assert.ok(Math.abs(share - expected) < 0.003, `${us} µs: ${share} instead of ${expected}`);
  }
  for (const p of [0.05, 0.5, 0.9, 0.99]) {
    const us = responseTimeUs(p, intended, freeze);
    assert.ok(Math.abs(answeredWithin(us, intended, freeze) - p) < 1e-4);
  }
});

Deno.test("a freeze delays what falls into it, and nothing else", () => {
  const freeze = { fromUs: 100, toUs: 200 };
  assert.equal(dueAt(50, 20, freeze), 70);
  assert.equal(dueAt(90, 20, freeze), 200);
  assert.equal(dueAt(90, 500, freeze), 590);
  assert.equal(dueAt(100, 20, freeze), 220);
  assert.equal(dueAt(199, 20, freeze), 220);
  assert.equal(dueAt(200, 20, freeze), 220);
  assert.equal(answeredWithin(9_000, [0, 150, 300], freeze), 0);
});
