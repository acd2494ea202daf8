/**
 * A terminal as a person has it, for tests: a program in it has a controlling terminal and a foreground process
 * group, which is what Ctrl-C, Ctrl-\, Ctrl-Z and a hangup act upon. A signal sent to one process shows nothing of
 * that. Linux only.
 */

import { openCLibrary } from "../net/c_library.ts";
import { sleep } from "../net/sleep.ts";

/** What a person types to make the terminal send a signal. */
export const Key = { ctrlC: "\x03", ctrlBackslash: "\x1c", ctrlZ: "\x1a" } as const;

export interface PseudoTerminal {
  /** The program's process, which leads the session. */
  readonly pid: number;
  /** All that was shown until now. */
  output(): string;
  /** Waits until what is shown matches, from `since` characters on. */
  shows(pattern: RegExp, since?: number): Promise<RegExpExecArray>;
  /** Types. */
  type(text: string): void;
  /** Closes the terminal's window, or breaks its connection: SIGHUP, and whoever writes to it gets EIO. */
  hangUp(): void;
  /** How the program ended, and when: as milliseconds of performance.now(). */
  readonly ended: Promise<{ readonly code: number; readonly signal: string | null; readonly at: number }>;
}

export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly rows?: number;
  readonly columns?: number;
}

const READ_WRITE = 0o2;
const NO_CONTROLLING_TERMINAL = 0o400;
const CLOSE_ON_EXEC = 0o2000000;
const POLL_IN = 1;
const POLL_MS = 50;
const LONGEST_WAIT_MS = 120_000;

/** The name of the terminal's side that programs open; setsid makes it the controlling one. */
const START = `exec setsid --ctty sh -c 'stty rows "$PTY_ROWS" cols "$PTY_COLUMNS"; exec "$@"' sh "$@"` +
  ` <"$PTY_NAME" >"$PTY_NAME" 2>&1`;

/**
 * Runs a program in a terminal of its own. The program is killed, and the terminal closed, when `use` ends; what
 * the program has started in other sessions is the caller's to end.
 */
export async function withPseudoTerminal<T>(
  command: readonly string[],
  options: TerminalOptions,
  use: (terminal: PseudoTerminal) => Promise<T>,
): Promise<T> {
  const libc = openCLibrary({
    posix_openpt: { parameters: ["i32"], result: "i32" },
    grantpt: { parameters: ["i32"], result: "i32" },
    unlockpt: { parameters: ["i32"], result: "i32" },
    ptsname_r: { parameters: ["i32", "buffer", "usize"], result: "i32" },
    // In a thread of the runtime's pool, for never longer than POLL_MS.
    poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
    read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    close: { parameters: ["i32"], result: "i32" },
  });
  if (libc === null) throw new Error("Cannot open a pseudo-terminal: the C library cannot be opened");
  const { symbols } = libc;
  // Not handed on to programs: a copy of it would keep the terminal from being hung up.
  const master = symbols.posix_openpt(READ_WRITE | NO_CONTROLLING_TERMINAL | CLOSE_ON_EXEC);
  if (master < 0 || symbols.grantpt(master) !== 0 || symbols.unlockpt(master) !== 0) {
    throw new Error("Cannot open a pseudo-terminal");
  }
  const name = new Uint8Array(64);
  symbols.ptsname_r(master, name, BigInt(name.length));
  const { rows = 40, columns = 120, env, cwd } = options;
  const child = new Deno.Command("sh", {
    args: ["-c", START, "sh", ...command],
    env: {
      TERM: "xterm-256color",
      ...env,
      PTY_NAME: new TextDecoder().decode(name.subarray(0, name.indexOf(0))),
      PTY_ROWS: String(rows),
      PTY_COLUMNS: String(columns),
    },
    cwd,
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();

  let shown = "";
  let hanging = false;
  /** How often there was nothing to read. */
  let quiet = 0;
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(65_536);
  const reading = (async () => {
    const asked = new Uint8Array(8);
    const view = new DataView(asked.buffer);
    while (!hanging) {
      view.setInt32(0, master, true);
      view.setInt16(4, POLL_IN, true);
      const ready = await symbols.poll(asked, 1n, POLL_MS);
      if (ready <= 0) {
        quiet++;
        continue;
      }
      const count = Number(symbols.read(master, bytes, BigInt(bytes.length)));
      // Below zero while nobody has the other side open: before the program has begun, and after its end.
      if (count > 0) shown += decoder.decode(bytes.subarray(0, count), { stream: true });
      else {
        quiet++;
        await sleep(POLL_MS);
      }
    }
    symbols.close(master);
  })();

  let over = false;
  const ended = child.status.then(async ({ code, signal }) => {
    const at = performance.now();
    // What it wrote last may lie in the terminal still.
    const before = quiet;
    while (!hanging && quiet < before + 2) await sleep(POLL_MS);
    over = true;
    return { code, signal, at };
  });
  try {
    return await use({
      pid: child.pid,
      ended,
      output: () => shown,
      async shows(pattern, since = 0) {
        const deadline = performance.now() + LONGEST_WAIT_MS;
        for (;;) {
          const found = pattern.exec(shown.slice(since));
          if (found !== null) return found;
          if (over || performance.now() > deadline) {
            throw new Error(`Waited in vain for ${pattern}; shown was:\n${shown}`);
          }
          await sleep(10);
        }
      },
      type(text) {
        const typed = new TextEncoder().encode(text);
        symbols.write(master, typed, BigInt(typed.length));
      },
      hangUp() {
        hanging = true;
      },
    });
  } finally {
    if (!over) child.kill("SIGKILL");
    await ended;
    hanging = true;
    await reading;
    libc.close();
  }
}
