import { checked, lastError, type Libc, Linux, systemError } from "./libc.ts";

const { socketLevel, socketType, tcp, family } = Linux;

const ON = Uint8Array.of(1, 0, 0, 0);
const INT_BYTES = Uint8Array.of(4, 0, 0, 0);

/** A socket that waits for nothing, of an address's family. @throws the system's error, e.g. without IPv6 */
export function openSocket(libc: Libc, kind: number): number {
  const type = socketType.stream | socketType.nonblocking | socketType.closeOnExec;
  const fd = libc.socket(kind, type, 0);
  if (fd < 0) throw systemError(lastError(libc), "socket");
  return fd;
}

/** What went wrong on a socket. @throws the system's error */
export function throwPending(libc: Libc, fd: number): void {
  const value = new Uint32Array(1);
  const bytes = new Uint8Array(value.buffer);
  checked(libc, "getsockopt", libc.getsockopt(fd, socketLevel.level, socketLevel.error, bytes, INT_BYTES));
  if (value[0] !== 0) throw systemError(value[0]!);
}

/** Small writes go out at once, and a peer that is gone is found out. */
export function tuneTcp(libc: Libc, fd: number, kind: number): void {
  if (kind === family.unix) return;
  for (
    const [level, option] of [[tcp.level, tcp.noDelay], [socketLevel.level, socketLevel.keepAlive]] as const
  ) {
    checked(libc, "setsockopt", libc.setsockopt(fd, level, option, ON, ON.length));
  }
}
