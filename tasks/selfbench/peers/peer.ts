/** A tool that asks a question again and again, as fast as it can. */
export interface Peer<Question> {
  /** With its version where it tells one. */
  readonly name: string;
  /** The ratio that Benchbook promises. */
  readonly least: number;
  /** What a reader must know of how it is called. */
  readonly note?: string;
  /** @returns right answers a second @throws {ServiceError} when one was wrong, or it could not be called */
  readonly run: (question: Question, turn: Turn) => Promise<number>;
}

/** A tool that is not here, or not as it would have to be. */
export interface AbsentPeer {
  readonly name: string;
  readonly unavailable: string;
}

/** How a peer is to ask. */
export interface Turn {
  /** As many users, and as many connections. */
  readonly connections: number;
  readonly seconds: number;
  /** For scripts and reports. */
  readonly dir: string;
  readonly signal: AbortSignal;
}

/** What a peer's report comes to: right answers a second, or why they do not count. */
export type PeerRate = { readonly rate: number } | { readonly failure: string };
