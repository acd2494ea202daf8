import { keptClones } from "../clone/clone_record.ts";
import { dropLeftClones } from "../clone/left_clones.ts";
import type { Config } from "../config.ts";
import { ExitCode } from "../model/errors.ts";
import { keptMoves } from "../move/move_record.ts";
import { keptTargets } from "../move/target_record.ts";
import { acquireLock } from "../stack/lock.ts";
import { isEmbedded } from "../stack/services.ts";
import { prepareHome } from "../stack/places.ts";
import { mayRemove } from "../terminal/ask.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { keptRecords } from "../undo/journal.ts";
import { takeBackLeftWrites } from "../undo/left_writes.ts";
import { sqlOf } from "../undo/own_file.ts";
import { interruptSignal } from "./interrupt.ts";
import { leftMoves } from "./left_moves.ts";
import { LeftLedgers } from "./left_ledgers.ts";
import { copiesIn } from "./left_writes.ts";
import { startStack } from "./prepare.ts";

/**
 * Takes back what runs have left in the databases of a server: DATABASE_URL's, else the embedded one.
 * @param yes SQL that is no scenario's file any more is run without asking
 * @returns 0 when nothing is left, 3 when something is, which is named
 */
export async function cleanWrites(config: Config, yes: boolean): Promise<ExitCode> {
  const terminal = openTerminal({ json: false });
  prepareHome(config.home);
  using _lock = acquireLock(config.home, "clean --writes");
  using interrupt = interruptSignal(config.home);
  const { records, damaged } = await keptRecords(config.home);
  const clones = keptClones(config.home);
  const moved = keptMoves(config.home);
  const targets = keptTargets(config.home);
  const kept = [clones, moved, targets].flatMap((each) => [...each.records, ...each.damaged]);
  if ([...records, ...damaged, ...kept].length === 0) {
    terminal.print("No run has left anything in a database.");
    return ExitCode.ok;
  }
  const stack = await startStack(config, [], terminal, interrupt.signal);
  try {
    const ledgers = new LeftLedgers(config.home, interrupt.signal);
    const moves = await leftMoves(config.home, stack, ledgers.lookMoved);
    const { told, left } = await takeBackLeftWrites(config.home, {
      url: stack.postgres.adminUrl,
      embedded: isEmbedded(stack.postgres),
      held: false,
      copies: await copiesIn(config.home, stack),
      signal: interrupt.signal,
      mayRun: (record, corrected) => {
        for (const { file, path, sql } of sqlOf(record)) {
          const lines = sql.split("\n").map((line) => `  ${line}`).join("\n");
          const says = corrected && file === record.own?.file
            ? `${path}, which has changed since, says now`
            : `its record (${file}) says`;
          terminal.print(`To take back what the run ${record.runId} left, ${says}:\n${lines}`);
        }
        return mayRemove("Run this SQL with your rights?", yes);
      },
    });
    const dropped = await dropLeftClones(config.home, {
      url: stack.postgres.adminUrl,
      embedded: isEmbedded(stack.postgres),
      held: false,
      look: ledgers.look,
    });
    ledgers.forgetOthers();
    for (const line of [...told, ...moves.told, ...ledgers.told, ...dropped.told]) terminal.print(line);
    const still = [...left, ...moves.left, ...dropped.left];
    for (const line of still) terminal.print(`! ${line}`);
    return still.length === 0 ? ExitCode.ok : ExitCode.service;
  } finally {
    await stack.stop();
  }
}
