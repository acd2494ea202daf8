import { keptClones } from "../clone/clone_record.ts";
import { dropLeftClones } from "../clone/left_clones.ts";
import type { Config } from "../config.ts";
import { ExitCode } from "../model/errors.ts";
import { keptMoves } from "../move/move_record.ts";
import { keptTargets } from "../move/target_record.ts";
import { reachServer } from "../seed/connect.ts";
import { dropLeftLedgers, type LeftProbeLedgers as LeftProbes, namedLedgers } from "../probe/left_ledgers.ts";
import { acquireLock } from "../stack/lock.ts";
import { isEmbedded } from "../stack/services.ts";
import { prepareHome } from "../stack/places.ts";
import { mayRemove } from "../terminal/ask.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { keptRecords } from "../undo/journal.ts";
import { takeBackLeftWrites } from "../undo/left_writes.ts";
import type { WriteRecord } from "../undo/record.ts";
import { sqlOf } from "../undo/own_file.ts";
import { interruptSignal } from "./interrupt.ts";
import { leftMoves } from "./left_moves.ts";
import { LeftLedgers } from "./left_ledgers.ts";
import { copiesIn, tellAll } from "./left_writes.ts";
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
  const { signal } = interrupt;
  const still = await tellAll(terminal, async (told) => {
    const ledgers = new LeftLedgers(config.home, signal, told);
    const at = { url: stack.postgres.adminUrl, embedded: isEmbedded(stack.postgres), held: false, told };
    const moves = await leftMoves(config.home, stack, ledgers.lookMoved, told);
    const { left } = await takeBackLeftWrites(config.home, {
      ...at,
      copies: await copiesIn(config.home, stack),
      signal,
      look: ledgers.lookInPlace,
      mayRun: (record, corrected) => {
        terminal.print(sqlText(record, corrected));
        return mayRemove("Run this SQL with your rights?", yes);
      },
    });
    const dropped = await dropLeftClones(config.home, { ...at, look: ledgers.look });
    await ledgers.forgetOthers();
    const probes = await leftProbes(config, probed);
    told.push(...probes.told);
    return [...left, ...moves.left, ...dropped.left, ...probes.left];
  });
  return still.length === 0 ? ExitCode.ok : ExitCode.service;
}

/** SQL that is asked about, with where it stands. */
function sqlText(record: WriteRecord, corrected: boolean): string {
  return sqlOf(record).map(({ file, path, sql }) => {
    const lines = sql.split("\n").map((line) => `  ${line}`).join("\n");
    const says = corrected && file === record.own?.file
      ? `${path}, which has changed since, says now`
      : `its record (${file}) says`;
    return `To take back what the run ${record.runId} left, ${says}:\n${lines}`;
  }).join("\n");
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
