/** What the project's own code, and that of its packages, takes to be as the language and the runtime have it. */
const OBJECTS = [
  ...[
    "Array",
    "ArrayBuffer",
    "BigInt",
    "Boolean",
    "DataView",
    "Date",
    "Error",
    "Function",
    "Map",
    "Number",
    "Object",
  ],
  ...[
    "Promise",
    "Proxy",
    "RegExp",
    "Set",
    "String",
    "Symbol",
    "Uint8Array",
    "WeakMap",
    "JSON",
    "Math",
    "Reflect",
  ],
  ...[
    "Atomics",
    "AbortController",
    "AbortSignal",
    "TextDecoder",
    "TextEncoder",
    "URL",
    "URLSearchParams",
    "Worker",
  ],
  ...["Response", "Request", "Headers", "Deno", "console", "crypto", "performance"],
];
const FUNCTIONS = [
  ...[
    "setTimeout",
    "setInterval",
    "clearTimeout",
    "clearInterval",
    "queueMicrotask",
    "structuredClone",
    "fetch",
  ],
  ...["parseInt", "parseFloat", "isNaN", "isFinite", "encodeURIComponent", "decodeURIComponent"],
];

/** Properties by name, as they are now. */
export type Globals = ReadonlyMap<string, PropertyDescriptor>;

/** The globals of this thread that other code relies on. */
export function globalsNow(): Globals {
  const found = new Map<string, PropertyDescriptor>();
  const add = (owner: string, object: object, keys: readonly PropertyKey[]) => {
    for (const key of keys) {
      const descriptor = Object.getOwnPropertyDescriptor(object, key);
      if (descriptor !== undefined) found.set(`${owner}${String(key)}`, descriptor);
    }
  };
  add("", globalThis, [...OBJECTS, ...FUNCTIONS]);
  for (const name of OBJECTS) {
    const object = Reflect.get(globalThis, name) as Record<string, unknown>;
    add(`${name}.`, object, Reflect.ownKeys(object));
    const { prototype } = object;
    if (typeof prototype !== "object" || prototype === null) continue;
    add(`${name}.prototype.`, prototype, Reflect.ownKeys(prototype));
  }
  return found;
}

/**
 * The first global that is not as it was; null where all are. One that was added changes nothing for others, unless
 * every object has it.
 */
export function changedGlobal(before: Globals, now: Globals): string | null {
  for (const [name, { value, get, set }] of before) {
    const found = now.get(name);
    if (found === undefined) return name;
    if (!Object.is(found.value, value) || found.get !== get || found.set !== set) return name;
  }
  return [...now.keys()].find((name) => name.startsWith("Object.prototype.") && !before.has(name)) ?? null;
}
