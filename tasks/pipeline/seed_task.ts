import type { Config } from "../config.ts";
import { ExitCode } from "../model/errors.ts";
import { formatCount } from "../model/units.ts";
import { peakMemory } from "../observe/process_memory.ts";
import { verify } from "../seed/verify.ts";
import { acquireLock } from "../stack/lock.ts";
import { prepareHome } from "../stack/places.ts";
import { checksText, loadedText } from "../terminal/seed_text.ts";
import { openTerminal, type Terminal } from "../terminal/terminal.ts";
import { type DataArguments, dataRequest } from "./data_options.ts";
import { interruptSignal } from "./interrupt.ts";
import { tellLeftMoves, tellLeftWrites } from "./left_writes.ts";
import { fillDatabase, startStack } from "./prepare.ts";

export interface SeedArguments extends DataArguments {
  readonly dataset: string;
  readonly workers?: number;
  readonly verify: boolean;
}

/** Starts the stack if needed, fills the database unless it is filled, and on request looks at what is in it. */
export async function seedTask(given: SeedArguments, config: Config): Promise<ExitCode> {
  const request = await dataRequest(given.dataset, given);
  const terminal = openTerminal({ json: false });
  prepareHome(config.home);
  using _lock = acquireLock(config.home, `seed ${given.dataset}`);
  using interrupt = interruptSignal(config.home);
  const { signal } = interrupt;
  await using stack = await startStack(config, [], terminal, signal);
  const { replace, workers } = given;
  const options = { replace, anew: replace, workers, home: config.home };
  const { url, dataset } = await fillDatabase(stack, request, options, terminal, signal);
  if (dataset.tables !== null) {
    terminal.print(
      `\n${loadedText(dataset.tables, { ...dataset, peakBytes: peakMemory() }, terminal.width.columns)}`,
    );
  }
  terminal.print(`Content hash ${dataset.hash}`);
  // What a run that was killed has written is not the data set's.
  await tellLeftMoves({ home: config.home, stack, signal }, terminal);
  await tellLeftWrites({ home: config.home, stack, url, held: false, signal }, terminal);
  if (!given.verify) return ExitCode.ok;
  return await verified({ ...request, url, signal }, terminal);
}

async function verified(request: Parameters<typeof verify>[0], terminal: Terminal): Promise<ExitCode> {
  const checks = await terminal.step(`Verify ${request.dataset} ${request.scale}`, async (progress) => {
    const value = await verify({ ...request, onProgress: progress });
    return {
      value,
      detail: `${formatCount(value.filter(({ ok }) => ok).length)} of ${value.length} checks hold`,
    };
  });
  terminal.print(`\n${checksText(checks, terminal.width.columns)}`);
  return checks.every(({ ok }) => ok) ? ExitCode.ok : ExitCode.verdictFailed;
}
