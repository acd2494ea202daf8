import process from "node:process";

/** Methods of the console that write to stdout. */
const METHODS = [
  ...["log", "info", "debug", "dir", "dirxml", "table", "group", "groupCollapsed"],
  ...["count", "timeLog", "timeEnd"],
];

type Methods = Record<string, (...given: never[]) => unknown>;

/**
 * Has what code prints go elsewhere: stdout belongs to what the task says there, which may be JSON for a program.
 * @param to null: nowhere
 * @returns ends that
 */
export function printTo(to: "stderr" | null): () => void {
  const restore: (() => void)[] = [];
  const replace = (owner: unknown, name: string, by: (...given: never[]) => unknown) => {
    const before = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, { value: by, configurable: true, writable: true, enumerable: true });
    restore.push(() => {
      if (before === undefined) Reflect.deleteProperty(owner as object, name);
      else Object.defineProperty(owner, name, before);
    });
  };
  const methods = to === null ? [...METHODS, "error", "warn", "trace", "assert"] : METHODS;
  const { error } = console;
  for (const name of methods) {
    replace(console, name, to === null ? () => {} : (...given: unknown[]) => error.apply(console, given));
  }
  for (const stream of to === null ? ["stdout", "stderr"] as const : ["stdout"] as const) {
    for (const [owner, names] of [[Deno, ["write", "writeSync"]], [process, ["write"]]] as const) {
      for (const name of names) replace(owner[stream], name, instead(owner, name, to));
    }
  }
  return () => {
    for (const each of restore.toReversed()) each();
  };
}

function instead(owner: typeof Deno | typeof process, name: string, to: "stderr" | null): Methods[string] {
  if (to !== null) {
    const stream = owner.stderr as unknown as Methods;
    return (...given) => stream[name]!(...given);
  }
  // As much as was given was written.
  const length = (bytes: Uint8Array) => bytes.length;
  if (owner === process) return () => true;
  return name === "write" ? (bytes: Uint8Array) => Promise.resolve(length(bytes)) : length;
}
