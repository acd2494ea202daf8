import { resolve } from "node:path";
import { readConfig } from "../../config.ts";
import { withDecimals } from "../../model/units.ts";
import { main } from "../../terminal/command.ts";
import { measurePart, type PartContext } from "../measure_part.ts";
import { askServer } from "../one_arm.ts";
import { withFreshDatabase } from "../seed/server.ts";
import { withServer } from "../servers/serving.ts";
import { DISTURBANCES } from "./disturbances.ts";
import { runInProcess } from "./run_in_process.ts";
import { sleep } from "../../net/sleep.ts";

/** Dense, so that a replay at another rate finds what the generator did at any moment. */
const RATE = 2000;
const WARMUP_SECONDS = 1;
const SECONDS = 2;
const FILE = resolve(import.meta.dirname!, "testdata/lags.csv");

/**
 * Writes the lags that the tests of validity replay: what a real generator, left alone, stopped and starved, lost of
 * its time. To be run on a quiet machine: deno run -A tasks/selfbench/load/record_lags.ts
 */
if (import.meta.main) {
  await main(() =>
    measurePart("lags", { json: false, config: readConfig() }, [], async (context) => {
      const { stack: { postgres }, signal } = context;
      const rows = await withFreshDatabase(postgres, signal, (url) => record(context, url));
      Deno.mkdirSync(resolve(FILE, ".."), { recursive: true });
      Deno.writeTextFileSync(FILE, ["condition,period_us,gap_ms,lags_us", ...rows, ""].join("\n"));
      return { findings: [], notMeasured: [] };
    })
  );
}

/** A line of the file for each condition. */
async function record({ dir, signal, terminal }: PartContext, databaseUrl: string): Promise<string[]> {
  return await withServer("./instant.ts", [], async ({ url }) => {
    const rows: string[] = [];
    for (const { name, disturb } of DISTURBANCES.filter((each) => each.args.length === 0)) {
      let disturbing: Promise<void> | undefined;
      const { lags } = await terminal.step(name, async () => {
        const value = await runInProcess(
          {
            arm: {
              ...askServer(url),
              load: { arrivals: "constant", rate: RATE },
              warmup: WARMUP_SECONDS,
              seconds: SECONDS,
              connections: 8,
            },
            databaseUrl,
            requests: null,
            lags: true,
          },
          dir,
          {
            signal,
            onStarted: (process) => {
              disturbing = sleep(WARMUP_SECONDS * 1000)
                .then(() => disturb?.(process, SECONDS * 1000));
            },
          },
        );
        return { value, detail: value.validity.valid ? "valid" : "INVALID" };
      });
      await disturbing;
      rows.push([name, 1e6 / RATE, withDecimals(lags!.gapMs, 1), lags!.us.join(" ")].join(","));
    }
    return rows;
  });
}
