import { Buffer } from "node:buffer";
import { createHmac, pbkdf2Sync } from "node:crypto";
import type { Channel, Network } from "../net/channel.ts";
import type { Inbox } from "../net/inbox.ts";
import { message, say } from "../postgres/testing_backend.ts";
import { Backend } from "../postgres/wire.ts";

/** Random numbers of one conversation: a small generator with a state, so that a case is its seed. */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed * 2_654_435_761 >>> 0;
    for (let skip = 0; skip < 5; skip++) this.below(2);
  }

  /** A whole number from 0. Marsaglia's xorshift over a Weyl sequence. */
  below(limit: number): number {
    this.#state = this.#state + 0x6d2b79f5 | 0;
    let bits = Math.imul(this.#state ^ this.#state >>> 15, 1 | this.#state);
    bits = bits + Math.imul(bits ^ bits >>> 7, 61 | bits) ^ bits;
    return ((bits ^ bits >>> 14) >>> 0) % limit;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

/** What a server says next, when the client has said something. */
export type Turn = (heard: Buffer) => Uint8Array[];

export const PASSWORD = "secret";
const SALT = Buffer.from("salt of the fuzzer");
const SALTED = pbkdf2Sync(PASSWORD, SALT, 7, 32, "sha256");

/** A server's turns in a login that is right. */
export function loginTurns(draw: Draw): Turn[] {
  const started = () => [
    say.authentication(0),
    ...Array.from(
      { length: draw.below(4) },
      (_, at) => say.parameter(`setting${at}`, "é".repeat(draw.below(9))),
    ),
    ...draw.chance(20) ? [say.notice("hello")] : [],
    ...draw.chance(90) ? [say.key()] : [],
    say.ready(),
  ];
  switch (draw.below(4)) {
    case 0:
      return [started];
    case 1:
      return [() => [say.authentication(3)], started];
    case 2:
      return [() => [say.authentication(5, Uint8Array.of(1, 2, 3, 4))], started];
    default:
      return scramTurns(started);
  }
}

function scramTurns(started: () => Uint8Array[]): Turn[] {
  let [clientFirst, serverFirst] = ["", ""];
  return [
    () => [say.authentication(10, "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0")],
    (heard) => {
      clientFirst = /n=,r=[^,]+$/.exec(heard.toString("latin1"))?.[0] ?? "";
      serverFirst = `${clientFirst.slice(3)}server,s=${SALT.toString("base64")},i=7`;
      return [say.authentication(11, serverFirst)];
    },
    (heard) => {
      const bare = /c=biws,r=[^,]+/.exec(heard.toString("latin1"))?.[0] ?? "";
      const key = createHmac("sha256", SALTED).update("Server Key").digest();
      const proof = createHmac("sha256", key).update(`${clientFirst},${serverFirst},${bare}`).digest(
        "base64",
      );
      return [say.authentication(12, `v=${proof}`), ...started()];
    },
  ];
}

/** A right answer to a statement. */
export function answer(draw: Draw, preparing: boolean, columns: readonly string[]): Uint8Array[] {
  const prepared = preparing
    ? [
      say.empty(Backend.closeComplete),
      say.empty(Backend.parseComplete),
      message(Backend.parameterDescription, (writer) => writer.int16(0)),
      columns.length === 0 ? say.empty(Backend.noData) : say.columns(columns),
    ]
    : [];
  if (preparing && draw.chance(10)) {
    return [...prepared.slice(0, draw.below(4)), say.error("no"), say.ready()];
  }
  const rows = columns.length === 0
    ? []
    : Array.from({ length: draw.below(6) }, () =>
      say.row(columns.map(() =>
        draw.chance(15) ? null : draw.of([
          "",
          "1",
          "value",
          "ünï",
          "🐘",
          "x".repeat(draw.below(400)),
          "\ufeff",
          "a".repeat(70_000),
        ])
      )));
  const end = draw.chance(8)
    ? say.error("no", draw.chance(20) ? "FATAL" : "ERROR", "22012")
    : draw.chance(10)
    ? say.empty(Backend.emptyQuery)
    : say.complete(`SELECT ${rows.length}`);
  const told = [...prepared, say.empty(Backend.bindComplete), ...rows, end, say.ready()];
  // Said unasked, wherever it comes.
  for (let count = draw.chance(25) ? 1 + draw.below(3) : 0; count > 0; count--) {
    told.splice(draw.below(told.length), 0, unasked(draw));
  }
  return told;
}

function unasked(draw: Draw): Uint8Array {
  return draw.of([say.notice("note"), say.notification(), say.parameter("TimeZone", "UTC")]);
}

const TYPES = [...Object.values(Backend), 0, 33, 255];

/** Spoils one of the messages, or their order. */
export function mutate(draw: Draw, messages: readonly Uint8Array[]): Uint8Array[] {
  const told: Uint8Array[] = messages.map((bytes) => bytes.slice());
  const at = draw.below(told.length);
  const chosen = told[at]!;
  const view = new DataView(chosen.buffer, chosen.byteOffset);
  switch (draw.below(14)) {
    case 0:
      view.setInt32(1, draw.of([0, 3, 4, 5, -1, 0x7fffffff, 300_000_000, 40_000, view.getInt32(1) + 1]));
      break;
    case 1:
      chosen[0] = draw.of(TYPES);
      break;
    case 2: {
      // Shorter, and its length tells it or not.
      const cut = chosen.slice(0, 5 + draw.below(Math.max(chosen.length - 5, 1)));
      if (draw.chance(70)) new DataView(cut.buffer).setInt32(1, cut.length - 1);
      told[at] = cut;
      break;
    }
    case 3:
      told.splice(at, 0, chosen.slice());
      break;
    case 4:
      told.splice(at, 1);
      break;
    case 5: {
      const other = draw.below(told.length);
      [told[at], told[other]] = [told[other]!, chosen];
      break;
    }
    case 6:
    case 7:
      told.splice(draw.below(told.length + 1), 0, stray(draw));
      break;
    case 8:
      for (let count = 1 + draw.below(4); count > 0 && chosen.length > 5; count--) {
        chosen[5 + draw.below(chosen.length - 5)] = draw.of([0, 255, 0x80, 0xc3, draw.below(256)]);
      }
      break;
    case 9:
      if (chosen.length > 6) view.setInt16(5, draw.of([0, 1, 2, 7, 1600, -1, 32767]));
      break;
    case 10:
      if (chosen.length > 10) view.setInt32(7, draw.of([-1, -2, 0, 1, 0x7fffffff, 100_000]));
      break;
    case 11:
      // Longer than its type may be, and true.
      told[at] = message(chosen[0]!, (writer) => writer.raw(new Uint8Array(31_000 + draw.below(9)).fill(65)));
      break;
    case 12:
      told.push(stray(draw));
      break;
    case 13:
      told.length = draw.below(told.length + 1);
  }
  return told;
}

function stray(draw: Draw): Uint8Array {
  return draw.of([
    say.authentication(draw.of([0, 3, 5, 10, 11, 12, 7])),
    say.columns(["other"]),
    say.row(["other"]),
    say.row([]),
    say.complete("SELECT 9"),
    say.ready(),
    say.error("stray", draw.of(["ERROR", "FATAL", "PANIC", ""])),
    say.notice("x".repeat(draw.below(60_000))),
    say.notification(),
    say.parameter("client_encoding", "LATIN1"),
    say.key(),
    message(Backend.copyIn, (writer) => writer.byte(0).int16(0)),
    message(Backend.copyOut, (writer) => writer.byte(0).int16(0)),
    message(Backend.copyData, (writer) => writer.text("1\n")),
    say.empty(draw.of(TYPES)),
    Uint8Array.from({ length: 1 + draw.below(20) }, () => draw.below(256)),
  ]);
}

/** A network of one server that takes turns, and cuts what it says into pieces. */
export class TurnNetwork implements Network {
  /** All that has been said on the present channel. */
  said: Buffer = Buffer.alloc(0);
  inbox: Inbox | null = null;
  /** What the client did not hear without throwing. */
  thrown: unknown[] = [];
  readonly #draw: Draw;
  #open = false;

  constructor(draw: Draw, readonly turns: Turn[]) {
    this.#draw = draw;
  }

  get open(): boolean {
    return this.#open;
  }

  connect(_address: unknown, inbox: Inbox): Promise<Channel> {
    this.inbox = inbox;
    this.#open = true;
    return Promise.resolve({
      inbox,
      send: (bytes, length) => {
        const heard = Buffer.from(bytes.slice(0, length));
        queueMicrotask(() => this.#say(this.turns.shift()?.(heard) ?? []));
      },
      close: () => this.#open = false,
    });
  }

  /** Ends it from the server's side. */
  hangUp(): void {
    if (!this.#open) return;
    this.#heard(() => this.inbox!.close(null));
  }

  #say(messages: readonly Uint8Array[]): void {
    const bytes = Buffer.concat(messages);
    this.said = Buffer.concat([this.said, bytes]);
    const whole = this.#draw.chance(50);
    for (let at = 0; at < bytes.length && this.#open;) {
      const room = this.inbox!.room();
      const size = whole ? bytes.length : 1 + this.#draw.below(this.#draw.of([3, 40, 5000]));
      const part = bytes.subarray(at, at + Math.min(size, room.length));
      room.set(part);
      at += part.length;
      this.#heard(() => this.inbox!.arrived(part.length));
    }
  }

  #heard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.thrown.push(error);
    }
  }

  handshake<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
  elsewhere<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
  outside<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
  later(ms: number, work: () => void): () => void {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  }
  turned(): void {}
}
