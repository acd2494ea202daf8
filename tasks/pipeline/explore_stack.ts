import type { Config } from "../config.ts";
import { datasets } from "../seed/catalog.ts";
import { settleData } from "../seed/spec.ts";
import { up } from "../stack/up.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { formatTable } from "../terminal/table.ts";
import { interruptSignal } from "./interrupt.ts";
import { type DataArguments, databaseName, dataRequest } from "./data_options.ts";
import { fillDatabase } from "./prepare.ts";

const DATASET = "northwind";

/** Starts the stack, fills it, and shows where everything is. */
export async function exploreStack(given: DataArguments, config: Config): Promise<void> {
  const request = await dataRequest(DATASET, given);
  const { replace } = given;
  const terminal = openTerminal({ json: false });
  const interrupt = interruptSignal(config.home);
  try {
    const { endpoints, urlsFile } = await up(config, {
      database: databaseName(settleData(request)),
      schemas: datasets[DATASET]!.schemas,
      seed: async (_url, stack) => {
        await fillDatabase(stack, request, { replace, home: config.home }, terminal, interrupt.signal);
      },
      onStep: (text) => terminal.print(text),
      signal: interrupt.signal,
    });
    terminal.print(formatTable([
      { title: "service", align: "left" },
      { title: "address", align: "left" },
      { title: "", align: "left", columns: 300 },
    ], endpoints.map(({ name, address, note }) => [name, address ?? "not available", note])));
    terminal.print(
      `\nURLs with passwords, to be sourced by a shell: ${urlsFile}\ndeno task down stops everything.`,
    );
  } finally {
    interrupt.dispose();
  }
}
