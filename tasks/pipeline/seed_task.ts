import type { Config } from "../config.ts";
import { SCALES } from "../model/dataset.ts";
import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";
import { formatCount } from "../model/units.ts";
import { acquireLock } from "../stack/lock.ts";
import { prepareHome } from "../stack/places.ts";
import { formatTable } from "../terminal/table.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { interruptSignal } from "./interrupt.ts";
import { fillDatabase, startStack } from "./prepare.ts";

export interface SeedArguments {
  readonly dataset: string;
  readonly scale: string;
  readonly seed: number;
  readonly replace: boolean;
}

/** Starts the stack if needed, fills the database and shows the rows of each table. */
export async function seedTask(given: SeedArguments, config: Config): Promise<void> {
  if (!(SCALES as readonly string[]).includes(given.scale)) {
    throw new UsageError(`Cannot seed the scale "${given.scale}": it is unknown`, hint(given.scale, SCALES));
  }
  const terminal = openTerminal({ json: false });
  prepareHome(config.home);
  const lock = acquireLock(config.home, `seed ${given.dataset}`);
  const interrupt = interruptSignal();
  try {
    const stack = await startStack(config, ["sql"], terminal, interrupt.signal);
    try {
      const { dataset } = await fillDatabase(stack, given, terminal, interrupt.signal);
      const rows = Object.entries(dataset.counts).map(([table, count]) => [table, formatCount(count)]);
      terminal.print(
        formatTable([{ title: "table", align: "left" }, { title: "rows", align: "right" }], [
          ...rows,
          ["total", formatCount(dataset.rows)],
        ]),
      );
      terminal.print(`\nContent hash ${dataset.hash}`);
    } finally {
      await stack.stop();
    }
  } finally {
    interrupt.dispose();
    lock.release();
  }
}
