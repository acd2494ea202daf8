import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Address } from "./channel.ts";
import { Linux } from "./libc.ts";
import { unlessAborted } from "./unless_aborted.ts";

/** A socket's family, and its address as Linux wants it. */
export interface SocketAddress {
  readonly family: number;
  readonly bytes: Uint8Array;
}

const PATH_BYTES = 108;

/**
 * All addresses that a name stands for, in the system's order.
 * @param signal gives the looking up @throws the resolver's error, or a path too long
 */
export async function socketAddresses(address: Address, signal: AbortSignal): Promise<SocketAddress[]> {
  if ("path" in address) return [unixAddress(address.path)];
  const { host, port } = address;
  const found = isIP(host) !== 0
    ? [{ address: host, family: isIP(host) }]
    : await unlessAborted(lookup(host, { all: true, verbatim: true }), signal);
  return found.map(({ address, family }) =>
    family === 6 ? ipv6Address(address, port) : ipv4Address(address, port)
  );
}

/** `struct sockaddr_un`. */
export function unixAddress(path: string): SocketAddress {
  const name = new TextEncoder().encode(path);
  if (name.length >= PATH_BYTES) {
    throw new Error(`a Unix socket's path has less than ${PATH_BYTES} bytes: this has ${name.length}`);
  }
  const bytes = new Uint8Array(2 + name.length + 1);
  new DataView(bytes.buffer).setUint16(0, Linux.family.unix, true);
  bytes.set(name, 2);
  return { family: Linux.family.unix, bytes };
}

/** `struct sockaddr_in`. */
export function ipv4Address(address: string, port: number): SocketAddress {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Linux.family.ipv4, true);
  view.setUint16(2, port);
  bytes.set(address.split(".").map(Number), 4);
  return { family: Linux.family.ipv4, bytes };
}

/** `struct sockaddr_in6`, without a scope. */
export function ipv6Address(address: string, port: number): SocketAddress {
  const bytes = new Uint8Array(28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Linux.family.ipv6, true);
  view.setUint16(2, port);
  ipv6Groups(address).forEach((group, index) => view.setUint16(8 + 2 * index, group));
  return { family: Linux.family.ipv6, bytes };
}

/** The eight groups of an address: the URL parser writes any form, dotted tail included, in the same way. */
function ipv6Groups(address: string): number[] {
  const plain = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const groups = (text: string) => text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  if (tail === undefined) return groups(head);
  const [before, after] = [groups(head), groups(tail)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}
