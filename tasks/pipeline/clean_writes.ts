import { keptClones } from "../clone/clone_record.ts";
import { dropLeftClones } from "../clone/left_clones.ts";
import type { Config } from "../config.ts";
import { ExitCode } from "../model/errors.ts";
import { keptMoves } from "../move/move_record.ts";
import { keptTargets } from "../move/target_record.ts";
import { reachServer } from "../seed/connect.ts";
import { dropLeftLedgers, type LeftLedgers as LeftProbes, namedLedgers } from "../probe/left_ledgers.ts";
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
  const probed = namedLedgers(config.home);
  if ([...records, ...damaged, ...kept, ...probed].length === 0) {
    terminal.print("No run has left anything in a database.");
    return ExitCode.ok;
  }
  await using stack = await startStack(config, [], terminal, interrupt.signal);
  const ledgers = new LeftLedgers(config.home, interrupt.signal);
  const moves = await leftMoves(config.home, stack, ledgers.lookMoved);
  const { told, left } = await takeBackLeftWrites(config.home, {
    url: stack.postgres.adminUrl,
    embedded: isEmbedded(stack.postgres),
    held: false,
    copies: await copiesIn(config.home, stack),
    signal: interrupt.signal,
    look: ledgers.lookInPlace,
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
  await ledgers.forgetOthers();
  const probes = await leftProbes(config, probed);
  const said = [...moves.told, ...ledgers.told, ...told, ...dropped.told, ...probes.told];
  for (const line of said) terminal.print(line);
  const still = [...left, ...moves.left, ...dropped.left, ...probes.left];
  for (const line of still) terminal.print(`! ${line}`);
  return still.length === 0 ? ExitCode.ok : ExitCode.service;
}

/** Drops the ledgers of probes that were killed, at the server that DATABASE_URL leads to. @param named those that the home knows of */
async function leftProbes(
  { home, databaseUrl }: Pick<Config, "home" | "databaseUrl">,
  named: readonly string[],
): Promise<LeftProbes> {
  if (named.length === 0 || databaseUrl === undefined) return { told: [], left: named };
  await using client = await reachServer(databaseUrl, { applicationName: "benchbook-clean" });
  return await dropLeftLedgers(home, client);
}
