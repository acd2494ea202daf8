import { withTempDir } from "../store/testing.ts";
import { inBoundedMemory } from "../targets/testing_memory.ts";
import { checkMutatedSpools } from "./testing_spools.ts";

Deno.test("spools damaged in 40 ways: recovery never fails, stores no wrong row, and the next start works", () =>
  inBoundedMemory(() =>
    withTempDir((dir) => checkMutatedSpools(dir, Array.from({ length: 40 }, (_, seed) => seed)))
  ));
