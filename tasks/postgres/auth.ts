import { Buffer } from "node:buffer";
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** What the server wants to see for md5 authentication. */
export function md5Password(user: string, password: string, salt: Uint8Array): string {
  const inner = createHash("md5").update(password + user).digest("hex");
  return `md5${createHash("md5").update(inner).update(salt).digest("hex")}`;
}

/** SCRAM-SHA-256 without channel binding, the client's side of one exchange: RFC 5802 and RFC 7677. */
export class Scram {
  /** Name of the mechanism, as servers offer it. */
  static readonly mechanism = "SCRAM-SHA-256";
  readonly #password: string;
  readonly #nonce: string;
  #serverSignature: Uint8Array | null = null;
  #verified = false;

  /** @param nonce printable and without comma; random unless a test gives one */
  constructor(password: string, nonce: string = randomBytes(18).toString("base64")) {
    this.#password = saslPrepared(password);
    this.#nonce = nonce;
  }

  /** True once the server has proved itself. */
  get verified(): boolean {
    return this.#verified;
  }

  /** The client's first message. The user's name is left out: the server takes that of the session. */
  get first(): string {
    return `n,,${this.#firstBare}`;
  }

  /**
   * The client's last message, with its proof.
   * @param serverFirst the server's message with salt and iterations
   * @throws when that is none, or answers another client.
   */
  async last(serverFirst: string): Promise<string> {
    const { r: nonce = "", s: salt = "", i: iterations = "" } = attributes(serverFirst);
    const answersUs = nonce.startsWith(this.#nonce) && nonce !== this.#nonce;
    if (!answersUs || salt === "" || !(Number(iterations) > 0)) {
      throw new Error("the server's SCRAM challenge is not valid");
    }
    const key = await saltedPassword(this.#password, salt, Number(iterations));
    const bare = `c=biws,r=${nonce}`;
    const exchanged = `${this.#firstBare},${serverFirst},${bare}`;
    const clientKey = hmac(key, "Client Key");
    const signature = hmac(createHash("sha256").update(clientKey).digest(), exchanged);
    const proof = Buffer.from(clientKey.map((byte, index) => byte ^ signature[index]!));
    this.#serverSignature = hmac(hmac(key, "Server Key"), exchanged);
    return `${bare},p=${proof.toString("base64")}`;
  }

  /** @throws unless the server's last message proves that it knows the password too. */
  verify(serverLast: string): void {
    const signature = Buffer.from(attributes(serverLast).v ?? "", "base64");
    const wanted = this.#serverSignature;
    if (wanted === null || signature.length !== wanted.length || !timingSafeEqual(signature, wanted)) {
      throw new Error("the server could not prove that it knows the password");
    }
    this.#verified = true;
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

function attributes(message: string): Partial<Record<string, string>> {
  return Object.fromEntries(message.split(",").map((part) => [part[0], part.slice(2)]));
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
