/** Tells how connections end: alone, it reads URLs as JSON from stdin and writes what came of each. */
import { PgConnection } from "../targets/pg_connection.ts";
import { connectClient } from "./client.ts";
import { readPgOptions } from "./options.ts";

const TIMEOUT_MS = 10_000;

/** What came of an attempt: null where a session began. */
export interface Attempt {
  /** By the client of the measured path. */
  readonly measured: string | null;
  /** By pg on a session of ours, which everything else uses. */
  readonly unmeasured: string | null;
}

/** Tries both clients. */
export async function attempt(url: string): Promise<Attempt> {
  return {
    measured: await failure(async () => {
      const connection = await PgConnection.connect(
        readPgOptions(url, "test"),
        TIMEOUT_MS,
        () => (text) => text,
      );
      await connection.end();
    }),
    unmeasured: await failure(async () => {
      const client = await connectClient(url, { applicationName: "test", connectTimeoutMs: TIMEOUT_MS });
      try {
        await client.query("SELECT 1");
      } finally {
        await client.end();
      }
    }),
  };
}

async function failure(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

/** The same in a process of its own, whose environment may say who is trusted. */
export async function attemptElsewhere(
  urls: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Attempt[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", import.meta.filename!],
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(urls)));
  await writer.close();
  const { stdout, stderr } = await child.output();
  try {
    return JSON.parse(new TextDecoder().decode(stdout));
  } catch {
    throw new Error(new TextDecoder().decode(stderr));
  }
}

if (import.meta.main) {
  const urls = await new Response(Deno.stdin.readable).json() as string[];
  const attempts: Attempt[] = [];
  for (const url of urls) attempts.push(await attempt(url));
  console.log(JSON.stringify(attempts));
}
