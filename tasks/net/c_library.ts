/** The C library's names: of macOS; of Linux with glibc, and with musl. */
const NAMES: readonly string[] = Deno.build.os === "darwin"
  ? ["libSystem.dylib"]
  : ["libc.so.6", `libc.musl-${Deno.build.arch}.so.1`];

/**
 * Opens the C library for some of its functions; null where it has another name, lacks one of them, or may not be
 * opened. What uses it has to do without then: nothing may fail for that when it is loaded.
 */
export function openCLibrary<Symbols extends Deno.ForeignLibraryInterface>(
  symbols: Symbols,
): Deno.DynamicLibrary<Symbols> | null {
  for (const name of NAMES) {
    try {
      return Deno.dlopen(name, symbols);
    } catch {
      // The next name, if any.
    }
  }
  return null;
}
