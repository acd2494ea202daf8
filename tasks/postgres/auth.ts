import { Buffer } from "node:buffer";
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** What the server wants to see for md5 authentication. */
export function md5Password(user: string, password: string, salt: Uint8Array): string {
  const inner = createHash("md5").update(password + user).digest("hex");
  return `md5${createHash("md5").update(inner).update(salt).digest("hex")}`;
}

/** Half a second of hashing: a server that asks for more keeps a thread busy, whatever it is for. */
const MOST_ITERATIONS = 1_000_000;

/** To what SCRAM is bound: nothing, or the certificate that the server has shown. */
export type Binding =
  /** The server offers nothing that it could be bound to, or this side cannot. */
  | { readonly kind: "none"; readonly flag: "n" | "y" }
  /** @param data the certificate's hash, as `tls-server-end-point` (RFC 5929) has it */
  | { readonly kind: "certificate"; readonly data: Uint8Array };

/** SCRAM-SHA-256, the client's side of one exchange: RFC 5802 and RFC 7677. */
export class Scram {
  /** Names of the mechanism, as servers offer it: without a binding, and with one. */
  static readonly mechanism = "SCRAM-SHA-256";
  static readonly boundMechanism = "SCRAM-SHA-256-PLUS";

  readonly #password: string;
  readonly #nonce: string;
  readonly #binding: Binding;
  #serverSignature: Uint8Array | null = null;
  #verified = false;

  /** @param nonce printable and without comma; random unless a test gives one */
  constructor(
    password: string,
    binding: Binding = { kind: "none", flag: "n" },
    nonce: string = randomBytes(18).toString("base64"),
  ) {
    this.#password = saslPrepared(password);
    this.#binding = binding;
    this.#nonce = nonce;
  }

  /** True once the server has proved itself. */
  get verified(): boolean {
    return this.#verified;
  }

  get mechanism(): string {
    return this.#binding.kind === "none" ? Scram.mechanism : Scram.boundMechanism;
  }

  /** The client's first message. The user's name is left out: the server takes that of the session. */
  get first(): string {
    return `${this.#header}${this.#firstBare}`;
  }

  /**
   * The client's last message, with its proof.
   * @param serverFirst the server's message with salt and iterations
   * @throws when that is none, answers another client, or asks for more work than any server needs.
   */
  async last(serverFirst: string): Promise<string> {
    const read = /^r=([!-+\--~]+),s=([A-Za-z0-9+/]+={0,2}),i=([1-9][0-9]{0,9})(?:,.*)?$/.exec(serverFirst);
    const [, nonce = "", salt = "", iterations = ""] = read ?? [];
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce) {
      throw new Error("the server's SCRAM challenge is not valid");
    }
    if (Number(iterations) > MOST_ITERATIONS) {
      throw new Error(`the server asks for ${iterations} SCRAM iterations: ${MOST_ITERATIONS} are the most`);
    }
    const key = await saltedPassword(this.#password, salt, Number(iterations));
    const bare = `c=${this.#boundTo},r=${nonce}`;
    const exchanged = `${this.#firstBare},${serverFirst},${bare}`;
    const clientKey = hmac(key, "Client Key");
    const signature = hmac(createHash("sha256").update(clientKey).digest(), exchanged);
    const proof = Buffer.from(clientKey.map((byte, index) => byte ^ signature[index]!));
    this.#serverSignature = hmac(hmac(key, "Server Key"), exchanged);
    return `${bare},p=${proof.toString("base64")}`;
  }

  /** @throws unless the server's last message proves that it knows the password too. */
  verify(serverLast: string): void {
    const signature = Buffer.from(/^v=([A-Za-z0-9+/]+={0,2})(?:,|$)/.exec(serverLast)?.[1] ?? "", "base64");
    const wanted = this.#serverSignature;
    if (wanted === null || signature.length !== wanted.length || !timingSafeEqual(signature, wanted)) {
      throw new Error("the server could not prove that it knows the password");
    }
    this.#verified = true;
  }

  get #header(): string {
    return this.#binding.kind === "none" ? `${this.#binding.flag},,` : "p=tls-server-end-point,,";
  }

  get #boundTo(): string {
    const data = this.#binding.kind === "none" ? [] : this.#binding.data;
    return Buffer.concat([Buffer.from(this.#header), Buffer.from(data)]).toString("base64");
  }

  get #firstBare(): string {
    return `n=,r=${this.#nonce}`;
  }
}

/** What was made last, by all that it is made of: a server has one salt for a role until its password changes. */
const salted = { of: "", key: Promise.resolve<Uint8Array>(new Uint8Array()) };

/**
 * The password as SCRAM uses it. Thousands of hashes: connections are also healed under load, and must not stop the
 * clock meanwhile; all but the first find it made.
 */
function saltedPassword(password: string, salt: string, iterations: number): Promise<Uint8Array> {
  const of = JSON.stringify([password, salt, iterations]);
  if (salted.of !== of) {
    salted.of = of;
    salted.key = promisify(pbkdf2)(password, Buffer.from(salt, "base64"), iterations, 32, "sha256");
  }
  return salted.key;
}

/**
 * The mappings of SASLprep (RFC 4013): other spaces become a space, what is invisible vanishes, the rest is
 * normalised. Nothing is refused, as the server refuses nothing.
 */
function saslPrepared(password: string): string {
  return password
    .replace(/[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/gu, " ")
    .replace(/\u00AD|\u034F|\u1806|[\u180B-\u180D]|\u200C|\u200D|\u2060|[\uFE00-\uFE0F]|\uFEFF/gu, "")
    .normalize("NFKC");
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
