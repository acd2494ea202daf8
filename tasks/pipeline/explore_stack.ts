import type { Config } from "../config.ts";
import { SCALES } from "../model/dataset.ts";
import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";
import { datasets } from "../seed/catalog.ts";
import { up } from "../stack/up.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { formatTable } from "../terminal/table.ts";
import { interruptSignal } from "./interrupt.ts";
import { databaseName, fillDatabase } from "./prepare.ts";

export interface UpArguments {
  readonly scale: string;
  readonly seed: number;
  readonly replace: boolean;
}

const DATASET = "northwind";

/** Starts the stack, fills it, and shows where everything is. */
export async function exploreStack({ scale, seed, replace }: UpArguments, config: Config): Promise<void> {
  if (!(SCALES as readonly string[]).includes(scale)) {
    throw new UsageError(`Cannot use the scale "${scale}": it is unknown`, hint(scale, SCALES));
  }
  const terminal = openTerminal({ json: false });
  const interrupt = interruptSignal();
  try {
    const { endpoints, urlsFile } = await up(config, {
      database: databaseName(DATASET, scale, seed),
      schemas: [datasets[DATASET]!.schema],
      seed: async (_url, stack) => {
        await fillDatabase(stack, { dataset: DATASET, scale, seed, replace }, terminal, interrupt.signal);
      },
      onStep: (text) => terminal.print(text),
      signal: interrupt.signal,
    });
    terminal.print(formatTable([
      { title: "service", align: "left" },
      { title: "address", align: "left" },
      { title: "", align: "left" },
    ], endpoints.map(({ name, address, note }) => [name, address ?? "not available", note])));
    terminal.print(
      `\nURLs with passwords, to be sourced by a shell: ${urlsFile}\ndeno task down stops everything.`,
    );
  } finally {
    interrupt.dispose();
  }
}
