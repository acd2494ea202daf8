import type { RunSummary } from "../../model/summary.ts";
import { startTask } from "../own_process.ts";

/** How each move is asked for. */
export interface AskedMove {
  readonly scale: string;
  readonly rate: number;
  /** Of baseline and recovery each. */
  readonly seconds: number;
  readonly andBack: boolean;
}

/** Moves a loaded database as users do. @returns what it said, where there is no result */
export async function makeMove(
  { scale, rate, seconds, andBack }: AskedMove,
  { home, db, signal }: { readonly home: string; readonly db: string; readonly signal: AbortSignal },
): Promise<RunSummary | string> {
  const given = ["--scale", scale, "--rate", String(rate), "--duration", `${seconds}s`, "--db", db];
  const child = startTask(
    "migrate.ts",
    [
      ...["move-server", "--variant", "safe", "--no-report", "--json", ...given],
      ...andBack ? ["--and-back"] : [],
    ],
    { BENCHBOOK_HOME: home },
    signal,
  );
  const { code, stdout, stderr } = await child.output();
  signal.throwIfAborted();
  const text = new TextDecoder().decode(stdout);
  if (text.trim() !== "") return JSON.parse(text) as RunSummary;
  const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join(" ");
  return `exit code ${code}: ${said}`;
}
