import type { ClientGate, MoveSide } from "../model/client_gate.ts";
import { ServiceError } from "../model/errors.ts";
import { formatSeconds } from "../model/units.ts";
import { anySignal } from "../net/any_signal.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { childEnvironment } from "../stack/child_environment.ts";
import { launch } from "../stack/process.ts";

/** A command of the user's that takes longer is stopped. */
const LIMIT_MS = 30_000;

export interface CommandGateOptions {
  /** For a shell: the user's `--on-switch`. */
  readonly command: string;
  /** Of the database at each server; the command is told where they lead to, and no password. */
  readonly urls: Readonly<Record<MoveSide, string>>;
  /** Where its output is appended to. */
  readonly log: string;
  readonly limitMs?: number;
  /** Told of what it has written, unchecked: to be made safe where it is shown. */
  readonly onOutput?: (text: string) => void;
}

type Word = "prepare" | "close" | "open";

/**
 * The gate of clients that only the user knows how to hold back. Their command is run with BENCHBOOK_SWITCH = `prepare`,
 * `close` or `open`, BENCHBOOK_SWITCH_TO = `source` or `target`, and BENCHBOOK_SWITCH_HOST, _PORT and _DATABASE of that
 * server; it has ended well when the clients have done so.
 */
export function commandGate(options: CommandGateOptions): ClientGate {
  let at: MoveSide = "source";
  /** Where clients are to go next. */
  let next: MoveSide = "target";
  return {
    prepare: async (to, signal) => {
      await run(options, "prepare", to, signal);
      next = to;
    },
    close: async (signal) => {
      try {
        await run(options, "close", next, signal);
      } catch (error) {
        // It may have held back some of them.
        await run(options, "open", at).catch((second: Error) => {
          throw new ServiceError(
            `${(error as Error).message}\nThey may still be held back: ${second.message}`,
            `Have them go on at the ${at}.`,
            { cause: error },
          );
        });
        throw error;
      }
    },
    open: async (to) => {
      await run(options, "open", to);
      at = to;
      next = to === "source" ? "target" : "source";
    },
  };
}

async function run(
  options: CommandGateOptions,
  word: Word,
  to: MoveSide,
  signal?: AbortSignal,
): Promise<void> {
  const { command, urls, log, limitMs = LIMIT_MS, onOutput } = options;
  const limit = AbortSignal.timeout(limitMs);
  const { host, port, database } = placeOfUrl(urls[to]);
  const child = await launch({
    command: "/bin/sh",
    args: ["-c", command],
    env: childEnvironment({
      BENCHBOOK_SWITCH: word,
      BENCHBOOK_SWITCH_TO: to,
      BENCHBOOK_SWITCH_HOST: host,
      BENCHBOOK_SWITCH_PORT: String(port),
      BENCHBOOK_SWITCH_DATABASE: database,
    }),
    cwd: Deno.cwd(),
    log,
    awaited: true,
    signal: anySignal(limit, signal),
  });
  const how = await child.ended;
  const words = child.words();
  if (words !== "") onOutput?.(words);
  signal?.throwIfAborted();
  if (how === "exit code 0") return;
  const state = limit.aborted
    ? `it did not end within ${formatSeconds(limitMs / 1000)}`
    : `it ended with ${how}`;
  throw new ServiceError(
    `Cannot ${word} the clients of --on-switch: ${[state, words].filter(Boolean).join("\n")}`,
    `Run it by hand with BENCHBOOK_SWITCH=${word} and BENCHBOOK_SWITCH_TO=${to}; its output is in ${log}.`,
  );
}
