import { AddressBook } from "./address_book.ts";
import type { Address, Channel } from "./channel.ts";
import { monotonicUs } from "./clock.ts";
import { Deadlines } from "./deadlines.ts";
import { type EventLoop, TURN_US } from "./event_loop.ts";
import { type LoopDelay, TurnTimes } from "./loop_delay.ts";
import { threadId } from "./cpus.ts";
import type { Inbox } from "./inbox.ts";
import {
  checked,
  EPOLL_EVENT,
  IN_PROGRESS,
  INTERRUPTED,
  lastError,
  type Libc,
  Linux,
  systemError,
  waitFor,
} from "./libc.ts";
import { NativeChannel, type SocketWatch } from "./native_channel.ts";
import { openSocket, throwPending, tuneTcp } from "./native_socket.ts";
import { askForRealTime } from "./priority.ts";
import type { ScheduleBoard } from "./schedule_board.ts";

const { epoll, timerSlack } = Linux;

const EVENTS = 64n;
/** Deno's own loop gets a turn so often. Each costs some 0.2 ms. */
const YIELD_US = 50_000;
/** Promises in a row that one step of a handshake may take. Each costs some 0.1 µs. */
const PROMISES = 64;

/**
 * A thread that waits for its sockets itself, by epoll, and wakes within some 15 µs of a time asked for without any
 * busy waiting: nothing lies between an answer and the code that takes it. Deno's own event loop stands still
 * meanwhile, and is let through every 50 ms.
 */
export class NativeLoop implements EventLoop, SocketWatch {
  onTurn: () => void = () => {};
  onFailure: (error: Error) => void = (error) => {
    throw error;
  };
  readonly native = true;
  readonly #libc: Libc;
  readonly #epoll: number;
  readonly #epollId: bigint;
  readonly #channels = new Map<number, NativeChannel>();
  readonly #connecting = new Map<number, () => void>();
  readonly #events = new Uint8Array(Number(EVENTS) * EPOLL_EVENT.bytes);
  readonly #eventsView = new DataView(this.#events.buffer);
  readonly #event = new Uint8Array(EPOLL_EVENT.bytes);
  readonly #eventView = new DataView(this.#event.buffer);
  /** struct timespec: 64 bits each, of which the upper halves stay 0. */
  readonly #timeout = new Uint32Array(4);
  readonly #times = new TurnTimes(monotonicUs());
  /** Deno's timers are seen late here. */
  readonly #deadlines = new Deadlines();
  #wakeUs = Infinity;
  /** Steps under way that wait by promises for what happens here. */
  #handshakes = 0;
  /** Channels that such a step may wait for: those opened while there is any. */
  readonly #young = new Set<NativeChannel>();
  /** A promise that a handshake waits for may have been kept. */
  #resumed = false;
  /** Steps under way in other threads of Deno's. */
  #elsewhere = 0;
  /** Steps under way that need Deno's own loop. */
  #outside = 0;
  readonly #addresses = new AddressBook();
  #closed = false;
  /** Of the thread that may move this one to another core; joined where there is no real-time priority. */
  readonly #board: ScheduleBoard | null;
  #joined: ScheduleBoard | null = null;

  /**
   * @param board of a thread that moves this one to another core where it may not have real-time priority
   * @param together one turn for all sockets that are ready at once; where nothing is due, one for each only costs CPU
   */
  constructor(libc: Libc, board: ScheduleBoard | null = null, readonly together = false) {
    this.#libc = libc;
    this.#board = board;
    this.#epoll = checked(libc, "epoll_create1", libc.epoll_create1(epoll.closeOnExec));
    this.#epollId = BigInt(this.#epoll);
    // Linux lets a sleeper sleep 50 µs longer than it asked for, to wake several at once. A system that refuses
    // this only wakes it so much later.
    libc.prctl(timerSlack.set, 1n);
    void this.#run();
  }

  connect(address: Address, inbox: Inbox, signal: AbortSignal): Promise<Channel> {
    return this.handshake(async () => {
      let failure: Error | undefined;
      for (const socketAddress of await this.elsewhere(() => this.#addresses.find(address, signal))) {
        signal.throwIfAborted();
        const { family, bytes } = socketAddress;
        let fd: number | undefined;
        try {
          fd = openSocket(this.#libc, family);
          await this.#connected(fd, bytes, signal);
          tuneTcp(this.#libc, fd, family);
          this.#control(epoll.modify, fd, epoll.in);
        } catch (error) {
          // The next address may still be reached.
          if (fd !== undefined) this.#forget(fd);
          failure = error as Error;
          continue;
        }
        const channel = new NativeChannel(fd, inbox, this.#libc, this);
        this.#channels.set(fd, channel);
        this.#young.add(channel);
        return channel;
      }
      // It may have moved.
      this.#addresses.forget(address);
      throw failure ?? new Error("the host has no address");
    });
  }

  later(ms: number, work: () => void): () => void {
    let wanted = true;
    this.#deadlines.add(monotonicUs() + ms * 1000, () => {
      if (wanted) work();
    });
    return () => wanted = false;
  }

  turned(): void {
    this.onTurn();
  }

  wakeAt(us: number): void {
    this.#wakeUs = us;
    this.#joined?.due(us);
  }

  requestRealTimePriority(): boolean {
    if (askForRealTime()) return true;
    this.#joined = this.#board;
    this.#joined?.join(threadId());
    return false;
  }

  loopDelay(): LoopDelay {
    return this.#times.take(monotonicUs());
  }

  moves(): number | null {
    return this.#joined?.moves ?? null;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#joined?.due(Infinity);
    for (const channel of this.#channels.values()) channel.close();
    // Those that wait for a connection find the loop closed.
    for (const connected of this.#connecting.values()) connected();
    this.#libc.close(this.#epoll);
  }

  async handshake<T>(work: () => Promise<T>): Promise<T> {
    this.#handshakes++;
    this.#resumed = true;
    try {
      return await work();
    } finally {
      if (--this.#handshakes === 0) this.#young.clear();
    }
  }

  async elsewhere<T>(work: () => Promise<T>): Promise<T> {
    this.#elsewhere++;
    try {
      return await work();
    } finally {
      this.#elsewhere--;
    }
  }

  async outside<T>(work: () => Promise<T>): Promise<T> {
    this.#outside++;
    try {
      return await work();
    } finally {
      this.#outside--;
    }
  }

  wantsWrite({ fd }: NativeChannel, wants: boolean): void {
    this.#control(epoll.modify, fd, wants ? epoll.in | epoll.out : epoll.in);
  }

  drop({ fd }: NativeChannel): void {
    this.#channels.delete(fd);
    this.#forget(fd);
  }

  async #run(): Promise<void> {
    try {
      await this.#turns();
    } catch (error) {
      this.close();
      this.onFailure(error as Error);
    }
  }

  async #turns(): Promise<void> {
    while (!this.#closed) {
      // Deno looks at what has come from outside only when it may rest, if only for a moment. Without anything
      // to be done there it need not; and a promise that is resolved already would keep it out altogether.
      await new Promise<void>((resolve) =>
        this.#outside + this.#elsewhere > 0 ? setTimeout(resolve, 0) : void setImmediate(resolve)
      );
      const until = monotonicUs() + YIELD_US;
      do {
        this.#turn();
        // What a handshake does next is done by promises, which a loop that never waits for one would keep out. A
        // step that takes more of them than this goes on after the next turn.
        if (this.#resumed) {
          this.#resumed = false;
          for (let count = 0; count < PROMISES; count++) await null;
        }
      } while (!this.#closed && this.#outside === 0 && monotonicUs() < until);
    }
  }

  #turn(): void {
    if (this.#closed) return;
    const nowUs = monotonicUs();
    const restUs = this.#outside > 0 ? 0 : TURN_US;
    const waitUs = Math.min(this.#wakeUs - nowUs, this.#deadlines.nextUs - nowUs, restUs);
    this.#timeout[2] = Math.max(0, waitUs * 1000);
    this.#times.sleeps(nowUs);
    this.#joined?.woke(0);
    const count = waitFor(this.#libc, this.#epollId, this.#events, EVENTS, this.#timeout);
    // A signal may end the wait early; after any other failure the next wait would fail at once, and so on.
    if (count < 0 && lastError(this.#libc) !== INTERRUPTED) this.#call("epoll_pwait2", count);
    const wokeUs = monotonicUs();
    this.#times.wakes(wokeUs);
    this.#joined?.woke(wokeUs);
    for (let index = 0; index < count && !this.#closed; index++) {
      const at = index * EPOLL_EVENT.bytes;
      const fd = this.#eventsView.getInt32(at + EPOLL_EVENT.dataAt, true);
      const channel = this.#channels.get(fd);
      if (channel === undefined) this.#connecting.get(fd)?.();
      else channel.ready(this.#eventsView.getUint32(at, true));
      if (this.#handshakes > 0) this.#resumed ||= channel === undefined || this.#young.has(channel);
      if (!this.together) this.onTurn();
    }
    while (this.#deadlines.nextUs <= monotonicUs()) {
      this.#deadlines.take()();
      this.#resumed ||= this.#handshakes > 0;
    }
    if ((count <= 0 || this.together) && !this.#closed) this.onTurn();
  }

  /** Waits until a socket is connected. @throws the system's error */
  async #connected(fd: number, address: Uint8Array, signal: AbortSignal): Promise<void> {
    const begun = this.#libc.connect(fd, address, address.length);
    const error = begun === 0 ? 0 : lastError(this.#libc);
    if (error !== 0 && error !== IN_PROGRESS) throw systemError(error);
    this.#control(epoll.add, fd, epoll.out);
    const abort = () => this.#connecting.get(fd)?.();
    signal.addEventListener("abort", abort);
    await new Promise<void>((resolve) => this.#connecting.set(fd, resolve));
    signal.removeEventListener("abort", abort);
    this.#connecting.delete(fd);
    signal.throwIfAborted();
    if (this.#closed) throw new Error("the loop was closed");
    throwPending(this.#libc, fd);
  }

  #control(operation: number, fd: number, events: number): void {
    this.#eventView.setUint32(0, events, true);
    this.#eventView.setInt32(EPOLL_EVENT.dataAt, fd, true);
    this.#call("epoll_ctl", this.#libc.epoll_ctl(this.#epoll, operation, fd, this.#event));
  }

  #call(name: string, result: number): number {
    return checked(this.#libc, name, result);
  }

  /** Closing a socket takes it out of its epoll too; Linux closes it whatever it answers. */
  #forget(fd: number): void {
    this.#libc.close(fd);
  }
}
