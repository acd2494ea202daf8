import { addAbortListener } from "node:events";
import { formatSeconds } from "../model/units.ts";
import { randomUUID } from "node:crypto";
import { memoryBytes } from "../observe/host.ts";
import { InterruptedError, ServiceError } from "../model/errors.ts";
import {
  type CellFailure,
  failureOf,
  kernelDied,
  putOutTooMuch,
  tookTooLong,
  tookTooMuch,
} from "./failure.ts";
import { FENCE, FENCE_TYPE, type Unhandled } from "./inside.ts";
import { type ConnectionInfo, decode, encode, type Message, request } from "./messages.ts";
import { collect, displayId, kernelError, type Output } from "./outputs.ts";
import { freePorts, type KernelProcess, spawnKernel } from "./process.ts";
import { ZmtpSocket } from "./zmtp.ts";
import { sleep } from "../net/sleep.ts";

export interface CellExecution {
  readonly outputs: readonly Output[];
  readonly failure: CellFailure | null;
}

const START_MS = 15_000;
const START_ATTEMPTS = 3;
/** Of one cell, as messages. A report has 2 MB; a cell that prints without end would fill our memory. */
const MAX_OUTPUT_BYTES = 64 * 2 ** 20;

/** The share of the machine's memory that a kernel may occupy: what V8 allots it itself ends it earlier. */
const MEMORY_SHARE = 0.75;
const MEMORY_CHECK_MS = 250;

/** What a cell may take. */
export interface CellLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Bytes that the kernel may occupy; three quarters of what there is if absent. */
  readonly memoryBytes?: number;
}

/** A running Deno kernel, spoken to without Python. It has all permissions, as every Deno kernel. */
export class Kernel implements AsyncDisposable {
  readonly #process: KernelProcess;
  readonly #shell: ZmtpSocket;
  readonly #iopub: ZmtpSocket;
  readonly #key: string;
  readonly #session = randomUUID();
  readonly #replies = new Map<string, (reply: Message) => void>();
  #listener: (message: Message, bytes: number) => void = () => {};
  #broken: Error | null = null;

  private constructor(process: KernelProcess, shell: ZmtpSocket, iopub: ZmtpSocket, key: string) {
    this.#process = process;
    this.#shell = shell;
    this.#iopub = iopub;
    this.#key = key;
    void this.#read(shell, (reply) => this.#replies.get(reply.parent.msg_id ?? "")?.(reply));
    void this.#read(iopub, (message, bytes) => this.#listener(message, bytes));
  }

  /**
   * Starts a kernel whose working directory is `cwd`: relative imports of cells begin there, and the nearest
   * deno.json above it gives the import map.
   * @throws {ServiceError} when no kernel answers within the time limit.
   * @throws {InterruptedError} when `signal` aborts.
   */
  static async start(
    options: {
      cwd: string;
      signal?: AbortSignal;
      startMs?: number;
      /** Gives five ports for each attempt; given in tests. */
      ports?: () => readonly number[];
    },
  ): Promise<Kernel> {
    const startMs = options.startMs ?? START_MS;
    let reason = "";
    // A free port can be taken by another program before the kernel binds it: then others are tried.
    for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
      const ports = options.ports?.() ?? freePorts(5);
      const info: ConnectionInfo = {
        transport: "tcp",
        ip: "127.0.0.1",
        shell_port: ports[0]!,
        iopub_port: ports[1]!,
        stdin_port: ports[2]!,
        control_port: ports[3]!,
        hb_port: ports[4]!,
        signature_scheme: "hmac-sha256",
        key: randomUUID(),
      };
      const process = await spawnKernel(info, options.cwd);
      const stopEarly = () => process.kill();
      options.signal?.addEventListener("abort", stopEarly, { once: true });
      let late = false;
      const limit = setTimeout(() => {
        late = true;
        process.kill();
      }, startMs);
      let kernel: Kernel | undefined;
      try {
        const shell = await connect(process, info.shell_port, "DEALER");
        const iopub = await connect(process, info.iopub_port, "SUB");
        kernel = new Kernel(process, shell, iopub, info.key);
        await kernel.#begin();
        process.forgetConnectionFile();
        return kernel;
      } catch (error) {
        process.kill();
        await process.ended;
        await kernel?.stop();
        throwIfAborted(options.signal);
        if (error instanceof InterruptedError) throw error;
        reason = process.lastWords() || (error instanceof Error ? error.message : String(error));
        if (late) break;
      } finally {
        clearTimeout(limit);
        options.signal?.removeEventListener("abort", stopEarly);
        process.forgetConnectionFile();
      }
    }
    throw new ServiceError(
      `Cannot start the Deno kernel within ${formatSeconds(startMs / 1000)}: ${reason}`,
      "Try `deno jupyter --help`: the same Deno runs the notebooks.",
    );
  }

  /**
   * Runs a cell and collects what it displays, prints and throws, in the order of arrival, until a fence
   * that follows it: outputs may arrive after the kernel says that it is idle.
   *
   * @throws {InterruptedError} when `signal` aborts; the kernel is then killed.
   */
  async execute(code: string, options: CellLimits): Promise<CellExecution> {
    throwIfAborted(options.signal);
    const messages: Message[] = [];
    const fenceId = `benchbook-fence-${randomUUID()}`;
    const fenced = Promise.withResolvers<readonly Unhandled[]>();
    let displayed: readonly Unhandled[] | undefined;
    let printed = false;
    let cut: CellFailure | null = null;
    const cutOff = (failure: CellFailure) => {
      cut ??= failure;
      this.#process.kill();
    };
    let room = MAX_OUTPUT_BYTES;
    this.#listener = (message, bytes) => {
      room -= bytes;
      if (room < 0) return cutOff(putOutTooMuch(MAX_OUTPUT_BYTES));
      const { msg_type } = message.header;
      if (msg_type === "display_data" && displayId(message.content) === fenceId) {
        const data = message.content.data as Record<string, Unhandled[]>;
        displayed = data[FENCE_TYPE] ?? [];
      } else if (msg_type === "stream" && String(message.content.text).includes(fenceId)) {
        printed = true;
      } else {
        messages.push(message);
      }
      if (displayed !== undefined && printed) fenced.resolve(displayed);
    };
    const limit = setTimeout(() => cutOff(tookTooLong(options.timeoutMs)), options.timeoutMs);
    const most = options.memoryBytes ?? MEMORY_SHARE * memoryBytes();
    const memory = setInterval(() => {
      if ((this.#process.residentBytes() ?? 0) > most) cutOff(tookTooMuch(most));
    }, MEMORY_CHECK_MS);
    using _killing = options.signal && addAbortListener(options.signal, () => this.#process.kill());
    try {
      const reply = await this.#ask(code, false);
      if (reply !== null) {
        await this.#ask(`await globalThis[Symbol.for("${FENCE.description}")]("${fenceId}")`);
      }
      const unhandled = await Promise.race([fenced.promise, this.#process.ended.then(() => null)]);
      throwIfAborted(options.signal);
      const { outputs, errors } = collect(messages);
      if (reply === null || unhandled === null) {
        return { outputs, failure: cut ?? await this.#death() };
      }
      return { outputs, failure: failureOf(reply, errors, unhandled) };
    } finally {
      clearTimeout(limit);
      clearInterval(memory);
      this.#listener = () => {};
    }
  }

  /** Ends the kernel's process and waits until it is gone. Safe to call again. */
  async stop(): Promise<void> {
    this.#process.kill();
    await this.#process.ended;
    this.#shell.close();
    this.#iopub.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Waits until broadcasts reach us (a subscription takes effect late) and loads what runs inside. */
  async #begin(): Promise<void> {
    const heard = Promise.withResolvers<true>();
    this.#listener = () => heard.resolve(true);
    for (let listening = false; !listening;) {
      await this.#send(request("kernel_info_request", this.#session, {}));
      const pause = Promise.withResolvers<false>();
      const timer = setTimeout(() => pause.resolve(false), 20);
      listening = await Promise.race([heard.promise, pause.promise, this.#gone()]);
      clearTimeout(timer);
    }
    const module = JSON.stringify(import.meta.resolve("./inside.ts"));
    const reply = await this.#ask(`(await import(${module})).watch()`);
    if (reply === null) await this.#gone();
    if (reply?.content.status !== "ok") {
      throw new Error(`its first cell failed: ${kernelError(reply?.content ?? {}).message}`);
    }
  }

  /** The reply to a request to execute, or null when the kernel ended instead. */
  async #ask(code: string, silent = true): Promise<Message | null> {
    const message = request("execute_request", this.#session, {
      code,
      silent,
      store_history: !silent,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: false,
    });
    const id = message.header.msg_id;
    const reply = Promise.withResolvers<Message>();
    this.#replies.set(id, reply.resolve);
    try {
      await this.#send(message);
      return await Promise.race([reply.promise, this.#process.ended.then(() => null)]);
    } finally {
      this.#replies.delete(id);
    }
  }

  async #send(message: Message): Promise<void> {
    try {
      await this.#shell.send(encode(message, this.#key));
    } catch (error) {
      // A dying kernel breaks the connection before its process has ended; that end is what callers see.
      this.#broken ??= error as Error;
      this.#process.kill();
    }
  }

  async #read(socket: ZmtpSocket, deliver: (message: Message, bytes: number) => void): Promise<void> {
    try {
      for (let parts = await socket.receive(); parts !== null; parts = await socket.receive()) {
        deliver(decode(parts, this.#key), parts.reduce((sum, part) => sum + part.length, 0));
      }
    } catch (error) {
      this.#broken ??= error as Error;
    }
    // A kernel that no longer speaks is of no use, also when its process still lives.
    this.#process.kill();
  }

  async #gone(): Promise<never> {
    const { message } = await this.#death();
    throw new Error(message);
  }

  async #death(): Promise<CellFailure> {
    const { code, signal } = await this.#process.ended;
    // Ctrl-C goes to the terminal's whole group: the kernel may be gone before we hear of it.
    if (signal === "SIGINT" || signal === "SIGTERM") throw new InterruptedError();
    return kernelDied(code, signal, this.#broken?.message ?? this.#process.lastWords());
  }
}

/** Connects as soon as the kernel listens, or fails as soon as it has ended. */
async function connect(process: KernelProcess, port: number, type: "DEALER" | "SUB"): Promise<ZmtpSocket> {
  const over = new AbortController();
  void process.ended.then(() => over.abort());
  while (!over.signal.aborted) {
    try {
      // The port may be another program's, which never answers while our kernel has ended for want of it.
      return await ZmtpSocket.connect(port, type, over.signal);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await sleep(5);
    }
  }
  throw new Error("the kernel ended before it listened");
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw signal.reason instanceof InterruptedError ? signal.reason : new InterruptedError();
  }
}
