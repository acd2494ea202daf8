import { type SocketAddress, socketAddresses } from "./address.ts";
import type { Address } from "./channel.ts";

/** Where hosts are, looked up once each: a connection that is opened anew has no time for a name server. */
export class AddressBook {
  readonly #known = new Map<string, Promise<SocketAddress[]>>();

  /** @throws the resolver's error */
  find(address: Address, signal: AbortSignal): Promise<SocketAddress[]> {
    const key = keyOf(address);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = socketAddresses(address, signal);
    this.#known.set(key, found);
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
