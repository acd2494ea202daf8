import assert from "node:assert/strict";
import { resolve } from "node:path";
import { loadScenario, scenarioNames } from "../load/scenario.ts";
import { reproduce } from "../report/method.ts";
import { slotsOf } from "./seen.ts";
import { FOR_P95 } from "./short.ts";
import type { Story } from "./story.ts";

const root = resolve(import.meta.dirname!, "../..");

/** Every scenario that comes with Benchbook by its name, with all that it says itself but for its duration. */
export function scenarioStories(): Story[] {
  return scenarioNames(root).map((name) => ({
    promise: `${name} runs by its name, with its own defaults`,
    typed: `deno task bench ${name} ${FOR_P95} --no-report --json`,
    ends: "judged",
    async judge({ summary }) {
      const { run } = summary;
      const { paths, rate, slo, streams, datasetName } = await loadScenario(root, name);
      assert.equal(run.scenario, name);
      assert.deepEqual(run.config.arms, paths);
      assert.equal(run.config.ratePerSecond, rate);
      assert.equal(run.config.slo, slo ?? null);
      assert.deepEqual(
        run.config.streams!.map((stream) => stream.name),
        streams.map((stream) => stream.name),
      );
      assert.equal(run.environment.dataset.name, datasetName);
    },
  }));
}

/** What a report says to be "the same run again" makes the same requests. @param typed how the run is asked for */
export function againStory(typed: string): Story {
  return {
    promise: `the same run again, as its report writes it: ${typed}`,
    typed: `deno task bench ${typed} --no-report --json`,
    ends: "pass",
    async judge(first, place) {
      const command = reproduce(first.summary.run);
      const again = await place.type(`${command} --no-report --json`);
      const { config, environment } = again.summary.run;
      const was = first.summary.run;
      assert.deepEqual(config, was.config, command);
      assert.deepEqual(
        [environment.dataset.variation, environment.dataset.seed, environment.dataset.hash],
        [was.environment.dataset.variation, was.environment.dataset.seed, was.environment.dataset.hash],
      );
      assert.deepEqual(await slotsOf(again), await slotsOf(first), command);
    },
  };
}
