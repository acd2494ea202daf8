import process from "node:process";
import { exitCodeOf, type Task } from "./command.ts";

/** How a task ended that ran within the test's own process, and what it said. */
export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const METHODS = { log: "stdout", error: "stderr", warn: "stderr" } as const;

/**
 * Calls a task in this process, as if it stood in a pipe. A process of its own costs a good half second of CPU, so
 * that one start a task is tested and all else is called. One at a time: what a file's tests print is caught meanwhile.
 * @param env variables for it alone: files of tests are threads that share those of the process
 */
export async function inProcess(
  task: () => ReturnType<Task>,
  env: Readonly<Record<string, string>>,
): Promise<Called> {
  const variables = process.env;
  process.env = { ...variables, ...env };
  const said = { stdout: "", stderr: "" };
  const methods = { ...console };
  const restore = (["stdout", "stderr"] as const).map((name) =>
    divert(process[name], (text) => said[name] += text)
  );
  for (const [method, stream] of Object.entries(METHODS) as [keyof typeof METHODS, keyof typeof said][]) {
    console[method] = (...words: unknown[]) => void (said[stream] += `${words.map(String).join(" ")}\n`);
  }
  try {
    return { code: await exitCodeOf(task), ...said };
  } finally {
    process.env = variables;
    Object.assign(console, methods);
    for (const each of restore) each();
  }
}

/** Hands on what is written to a stream, which is no terminal meanwhile. */
function divert(stream: NodeJS.WriteStream, to: (text: string) => void): () => void {
  const changed = {
    write: (chunk: string | Uint8Array) => {
      to(typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk));
      return true;
    },
    isTTY: false,
  };
  const before = Object.keys(changed).map((name) =>
    [name, Object.getOwnPropertyDescriptor(stream, name)] as const
  );
  for (const [name, value] of Object.entries(changed)) {
    Object.defineProperty(stream, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) delete stream[name as keyof typeof stream];
      else Object.defineProperty(stream, name, descriptor);
    }
  };
}
