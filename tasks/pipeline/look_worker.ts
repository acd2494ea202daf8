/// <reference lib="deno.worker" />
import type { Operation } from "../model/operation.ts";
import type { ArmRecord, Phase, Run } from "../model/run.ts";
import type { Comparison } from "../model/summary.ts";
import { BenchbookError, type ExitCode } from "../model/errors.ts";
import type { UntilDecided } from "../model/until_decided.ts";
import { loadMeasured } from "../store/load_measured.ts";
import { openStore, type Store } from "../store/open.ts";
import { comparisons } from "../summary/comparisons.ts";
import { judgingAfter } from "../summary/looks.ts";
import { requiredSeconds } from "../summary/until_decided.ts";

/** The run that is looked at. */
export interface LookedRun {
  readonly run: Run & { readonly config: { readonly untilDecided?: UntilDecided } };
  readonly arms: readonly ArmRecord[];
  readonly operations: readonly Operation[];
  /** Files that its generators write to. */
  readonly segments: readonly string[];
}

/** What the thread is asked; one thing after another. */
export type ToLook =
  | { readonly kind: "open"; readonly file: string; readonly looked: LookedRun }
  | { readonly kind: "compare"; readonly phases: readonly Phase[]; readonly rounds: number }
  | { readonly kind: "required"; readonly open: readonly Comparison[]; readonly seconds: number }
  | { readonly kind: "close" };

/** What each of them comes to. */
export interface LookAnswers {
  readonly open: null;
  readonly compare: readonly Comparison[];
  readonly required: number | null;
  readonly close: null;
}

export type FromLook =
  | { readonly kind: "answer"; readonly value: LookAnswers[keyof LookAnswers] }
  | { readonly kind: "failed"; readonly message: string; readonly code?: ExitCode; readonly next?: string };

declare const self: DedicatedWorkerGlobalScope;

let store: Store | undefined;
let looked: LookedRun | undefined;

self.onmessage = async ({ data }: MessageEvent<ToLook>) => {
  const tell = (message: FromLook) => self.postMessage(message);
  try {
    tell({ kind: "answer", value: await answer(data) });
  } catch (error) {
    const { message, exitCode: code, next } = error as BenchbookError;
    tell({ kind: "failed", message, ...error instanceof BenchbookError && { code }, ...next && { next } });
  }
};

async function answer(asked: ToLook): Promise<LookAnswers[keyof LookAnswers]> {
  switch (asked.kind) {
    case "open":
      looked = asked.looked;
      store = await openStore(asked.file, { mode: "write" });
      // The load goes on meanwhile: the other cores are left to it.
      await store.run("SET threads = 1");
      return null;
    case "compare": {
      const { run, arms, operations, segments } = looked!;
      await loadMeasured(store!, { run, phases: asked.phases, operations, segments });
      const judging = judgingAfter(asked.rounds, run.config.untilDecided!);
      return await comparisons(store!, run.runId, run.config, arms, { judging, goesOn: true });
    }
    case "required":
      return await requiredSeconds(store!, looked!.run, asked);
    case "close":
      store?.close();
      return null;
  }
}
