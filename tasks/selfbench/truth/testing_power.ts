import assert from "node:assert/strict";
import { NOISES, powerOf } from "./power.ts";

/** Three standard errors of a share: a seed that is fixed once may be an unlucky one. */
function slack(share: number, runs: number): number {
  return 3 * Math.sqrt(share * (1 - share) / runs);
}

/** +10 % in the median of 15 % of the mix, and +5 % over all operations, are found in four of five quiet runs. */
export function exercisePower(runs: number): void {
  const { median10, all5 } = powerOf(NOISES[1]!, 0.2, runs);
  assert(median10 >= 0.8 - slack(0.8, runs), `+10 % in a median: ${median10}`);
  assert(all5 >= 0.8 - slack(0.8, runs), `+5 % over all operations: ${all5}`);
}

/** Where nothing differs at most 5 % of candidates get any verdict of being faster or slower. */
export function exerciseFalseVerdicts(runs: number): void {
  for (const noise of NOISES) {
    const { wrong, same } = powerOf(noise, 0.3, runs);
    assert(same <= 0.05 + slack(0.05, runs), `${noise.title}: ${same} called equivalent at the margin`);
    assert(wrong <= 0.05 + slack(0.05, 2 * runs), `${noise.title}: ${wrong}`);
  }
}
