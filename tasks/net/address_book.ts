import { type SocketAddress, socketAddresses } from "./address.ts";
import type { Address } from "./channel.ts";

/** So long an answer holds: a name leads elsewhere once a switch-over has changed it, while the old place still answers. */
const HOLDS_MS = 1000;

/** Where hosts are, looked up once a second at most: connections that are opened one after another have no time for a name server. */
export class AddressBook {
  readonly #known = new Map<string, { readonly found: Promise<SocketAddress[]>; readonly atMs: number }>();

  /** @throws the resolver's error */
  find(address: Address, signal: AbortSignal): Promise<SocketAddress[]> {
    const key = keyOf(address);
    const known = this.#known.get(key);
    if (known !== undefined && performance.now() - known.atMs < HOLDS_MS) return known.found;
    const found = socketAddresses(address, signal);
    this.#known.set(key, { found, atMs: performance.now() });
    // The next one looks for itself.
    found.catch(() => this.forget(address));
    return found;
  }

  /** To be called where no connection could be made: the host may have moved. */
  forget(address: Address): void {
    this.#known.delete(keyOf(address));
  }
}

function keyOf(address: Address): string {
  return "path" in address ? address.path : `${address.host} ${address.port}`;
}
