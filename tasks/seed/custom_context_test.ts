import assert from "node:assert/strict";
import { movableContext } from "./custom_context.ts";
import type { ColumnGenerator, GeneratorContext } from "./customisation.ts";

/** What a generator yields for each of so many rows. */
function rows<T>(generate: (context: GeneratorContext) => T, count: number, seed = 42, column = "t.c"): T[] {
  const at = movableContext(seed, column);
  return Array.from({ length: count }, (_, row) => {
    at.move(row, 0, () => null);
    return generate(at.context);
  });
}

/** Fails unless the values' mean is within five standard errors of what is expected. */
function meanIs(values: readonly number[], mean: number, deviation: number): void {
  const found = values.reduce((sum, value) => sum + value, 0) / values.length;
  const error = 5 * deviation / Math.sqrt(values.length);
  assert.ok(Math.abs(found - mean) < error, `mean ${found}, expected ${mean} ± ${error}`);
}

Deno.test("values are a function of seed, column, row and line, and differ where one of them does", () => {
  const draw = (seed: number, column: string, row: number, line: number) => {
    const { context, move } = movableContext(seed, column);
    move(row, line, () => null);
    return [context.random(), context.random()];
  };
  const base = draw(42, "t.c", 7, 0);
  assert.notEqual(base[0], base[1]);
  assert.deepEqual(draw(42, "t.c", 7, 0), base);
  for (
    const other of [
      draw(43, "t.c", 7, 0),
      draw(42, "t.d", 7, 0),
      draw(42, "t.c", 8, 0),
      draw(42, "t.c", 7, 1),
    ]
  ) {
    assert.equal(other.filter((value) => base.includes(value)).length, 0);
  }
});

Deno.test("moving back to a row begins its values again, whatever was drawn in between", () => {
  const { context, move } = movableContext(42, "t.c");
  const draw: ColumnGenerator = (
    { row, random, integer, pick, normal, zipf },
  ) => [row, random(), integer(1000), pick(["a", "b", "c"]), normal(), zipf(1000, 1.1)];
  move(3, 0, () => null);
  const first = draw(context);
  move(4, 1, () => null);
  assert.equal(context.line, 1);
  draw(context);
  move(3, 0, () => null);
  assert.deepEqual(draw(context), first);
});

Deno.test("each helper follows its distribution", () => {
  const n = 20_000;
  meanIs(rows(({ random }) => random(), n), 1 / 2, Math.sqrt(1 / 12));
  meanIs(rows(({ integer }) => integer(6), n), 2.5, Math.sqrt(35 / 12));
  meanIs(rows(({ normal }) => normal(10, 3), n), 10, 3);
  meanIs(rows(({ normal }) => normal() ** 2, n), 1, Math.SQRT2);
  meanIs(rows(({ lognormal }) => Math.log(lognormal(5, 0.5)), n), Math.log(5), 0.5);
  meanIs(rows(({ exponential }) => exponential(4), n), 4, 4);
  meanIs(rows(({ pick }) => pick([0, 1, 2, 3]), n), 1.5, Math.sqrt(1.25));
  meanIs(rows(({ pick }) => Number(pick(["a", "b", "c"], [1, 0, 3]) === "c"), n), 0.75, Math.sqrt(3) / 4);
  assert.ok(!rows(({ pick }) => pick(["a", "b", "c"], [1, 0, 3]), n).includes("b"));
  const harmonic = 1 + 1 / 2 + 1 / 3;
  meanIs(rows(({ zipf }) => Number(zipf(3, 1) === 0), n), 1 / harmonic, 0.5);
});

Deno.test("a helper that is called with what it cannot use says so", () => {
  const bad: [(context: GeneratorContext) => unknown, RegExp][] = [
    [({ integer }) => integer(0), /whole number from 1 to 2\^32: it is 0/],
    [({ integer }) => integer(2.5), /it is 2\.5/],
    [({ pick }) => pick([]), /needs at least one value/],
    [({ pick }) => pick(["a", "b"], [1]), /needs 2 weights/],
    [({ pick }) => pick(["a", "b"], [0, 0]), /not all zero/],
    [({ pick }) => pick(["a", "b"], [1, -1]), /none negative/],
    [({ zipf }) => zipf(0, 1), /n of at least 1/],
    [({ random }) => {
      for (;;) random();
    }, /65536 random values/],
  ];
  for (const [generate, message] of bad) {
    assert.throws(() => rows(generate, 1), { name: "RangeError", message });
  }
});

Deno.test("a generator cannot change what others are told", () => {
  const { context } = movableContext(42, "t.c");
  assert.throws(() => (context as { row: number }).row = 7, TypeError);
  assert.throws(() => (context as { random(): number }).random = () => 0, TypeError);
});
