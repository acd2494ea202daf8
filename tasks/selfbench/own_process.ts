import { childEnvironment } from "../stack/child_environment.ts";

/** What a process of ours does, and who hears of it. */
export interface OwnProcess<Message> {
  /** What it runs: a module that reads `orderOf` and says what happens by `tell`. */
  readonly module: URL;
  /** On its stdin: a password stays off the command line. */
  readonly order: unknown;
  readonly onMessage: (message: Message, child: Deno.ChildProcess) => void;
  /** Wraps the command, e.g. to pin it to a CPU. */
  readonly prefix?: readonly string[];
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** Runs a module in a process of its own, to its end. @returns how it ended: its exit code, or what killed it */
export async function askProcess<Message>(
  { module, order, onMessage, prefix = [], signal }: OwnProcess<Message>,
): Promise<Pick<Deno.CommandStatus, "code" | "signal">> {
  const [program, ...args] = [...prefix, Deno.execPath(), "run", "-A", "--quiet", module.href];
  const child = new Deno.Command(program!, {
    args,
    // Where it goes comes by stdin; what that leaves out, from the environment.
    env: childEnvironment({}, { postgres: true }),
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    signal,
  }).spawn();
  const writer = child.stdin.getWriter();
  // A process that ends at once breaks the pipe; how it ended says more than that.
  await writer.write(new TextEncoder().encode(JSON.stringify(order))).then(() => writer.close()).catch(
    () => {},
  );
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) onMessage(JSON.parse(line) as Message, child);
  }
  return await child.status;
}

/** In the process: what it is asked to do. */
export async function orderOf<Order>(): Promise<Order> {
  return JSON.parse(await new Response(Deno.stdin.readable).text()) as Order;
}

/** In the process: says something to who asked. */
export function tell(message: unknown): void {
  const line = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
  for (let at = 0; at < line.length;) at += Deno.stdout.writeSync(line.subarray(at));
}
