import { RedisClient } from "../redis/client.ts";
import { type Reading, reading, type SampleReader } from "./source.ts";

/** Samples Redis by INFO over a connection of its own. */
export class RedisReader implements SampleReader {
  readonly unavailable: string[] = [];
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #fields: Readonly<Record<string, { readonly name: string }>>;
  #client: RedisClient | null = null;

  /** @param fields metrics by the names of INFO's fields that they are read from */
  constructor(url: string, timeoutMs: number, fields: Readonly<Record<string, { readonly name: string }>>) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    this.#fields = fields;
  }

  async read(): Promise<Reading[]> {
    let text: string;
    try {
      text = await (await this.#connected()).info();
    } catch (error) {
      // The next reading connects anew: what this server sent behind a wrong answer is not to be taken for another.
      await this.close();
      throw error;
    }
    const info = parseInfo(text);
    return Object.entries(this.#fields).flatMap(([field, { name }]) => {
      const value = info[field];
      return value === undefined ? [] : [reading(name, value)];
    });
  }

  close(): Promise<void> {
    this.#client?.close();
    this.#client = null;
    return Promise.resolve();
  }

  async #connected(): Promise<RedisClient> {
    if (this.#client !== null) return this.#client;
    const client = this.#client = new RedisClient(this.#url, this.#timeoutMs);
    await client.connect();
    // For who looks at its clients; a role need not be allowed to.
    await client.ask("CLIENT", "SETNAME", "benchbook-observer").catch(() => {});
    return client;
  }
}

/** The numeric fields of INFO's answer. */
export function parseInfo(text: string): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const line of text.split("\n")) {
    const [, name, value] = /^(\w+):(\d+(?:\.\d+)?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields[name] = Number(value);
  }
  return fields;
}
