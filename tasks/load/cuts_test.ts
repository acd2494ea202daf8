import assert from "node:assert/strict";
import fc from "fast-check";
import { CutBoard, cutPhases } from "./cuts.ts";
import { planBlocks } from "./blocks.ts";

const blocks = fc.record({ seed: fc.nat(1000), seconds: fc.integer({ min: 2, max: 20 }) })
  .map(({ seed, seconds }) =>
    planBlocks({
      arms: ["sql", "graphql"],
      seed,
      warmupSeconds: 1,
      durationSeconds: seconds,
      blockSeconds: 0.5,
      washoutSeconds: 0.05,
    })
  );

Deno.test("a phase that ends early moves up all that follows, and changes nothing before it", () => {
  fc.assert(fc.property(blocks, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (phases, share, at) => {
    const place = at % phases.length;
    const { phaseId, startUs, endUs } = phases[place]!;
    const cut = cutPhases(phases, { phaseId, endUs: Math.round(startUs + share * (endUs - startUs)) });
    assert.deepEqual(cut.slice(0, place), phases.slice(0, place));
    assert.equal(cut[place]!.startUs, startUs);
    for (const [index, phase] of cut.entries()) {
      if (index > 0) assert.equal(phase.startUs, cut[index - 1]!.endUs, "no gap");
      if (index > place) {
        assert.equal(phase.endUs - phase.startUs, phases[index]!.endUs - phases[index]!.startUs);
      }
    }
    const { startUs: _, endUs: __, ...rest } = cut.at(-1)!;
    const { startUs: ___, endUs: ____, ...planned } = phases.at(-1)!;
    assert.deepEqual(rest, planned);
  }));
});

Deno.test("a phase is not cut outside of its time, nor one that is not there", () => {
  const phase = {
    phaseId: 3,
    segment: "migrate",
    measured: true,
    block: 0,
    arm: null,
    startUs: 10,
    endUs: 20,
  };
  for (const cut of [{ phaseId: 3, endUs: 9 }, { phaseId: 3, endUs: 21 }, { phaseId: 4, endUs: 15 }]) {
    assert.throws(() => cutPhases([phase], cut), /^RangeError: A phase must end within the time planned/);
  }
});

Deno.test("what one thread tells of cuts another reads in order", () => {
  const board = new CutBoard();
  const reader = new CutBoard(board.memory);
  const cuts = Array.from({ length: 64 }, (_, phaseId) => ({ phaseId, endUs: 1e12 + phaseId }));
  for (const [nth, cut] of cuts.entries()) {
    assert.equal(reader.told, nth);
    board.tell(cut);
    assert.deepEqual(reader.at(nth), cut);
  }
  assert.throws(() => board.tell(cuts[0]!), RangeError);
});
