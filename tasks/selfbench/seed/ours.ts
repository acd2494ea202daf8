import { ServiceError } from "../../model/errors.ts";
import { revive } from "../../seed/loader_messages.ts";
import type { Seeded, SeedMessage, SeedOrder } from "./seed_messages.ts";
import { childEnvironment } from "../../stack/child_environment.ts";

/**
 * Seeds in a process of its own.
 * @param signal ends the process; what it had open on the server is the caller's to end
 * @throws what seeding threw, and a ServiceError when the process ended without a result
 */
export async function seedInProcess(
  order: SeedOrder,
  onProgress: (text: string) => void,
  signal?: AbortSignal,
): Promise<Seeded> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL("./seed_process.ts", import.meta.url).href],
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
  let seeded: Seeded | undefined;
  let failure: Error | undefined;
  for await (const message of messages(child.stdout)) {
    if (message.kind === "progress") onProgress(message.text);
    else if (message.kind === "seeded") seeded = message.seeded;
    else failure = revive(message.error);
  }
  const { code, signal: killed } = await child.status;
  if (failure !== undefined) throw failure;
  if (seeded !== undefined) return seeded;
  throw new ServiceError(
    `Cannot measure the seeding: the process that seeds ended with ${killed ?? `exit code ${code}`}`,
    "Where memory is scarce the system may have ended it.",
  );
}

async function* messages(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<SeedMessage> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as SeedMessage;
  }
}
