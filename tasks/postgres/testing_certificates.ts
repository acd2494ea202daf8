import { Buffer } from "node:buffer";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A key and its certificate, as PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes certificates signed by an authority of their own, so that tests need no program and none expires. */
export class CertificateAuthority {
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  /** The authority's own certificate. */
  readonly cert: string;

  /** @param name of the authority */
  constructor(readonly name = "benchbook test authority") {
    this.cert = this.#certificate(name, this.#keys.publicKey, [
      // Basic constraints: it may sign others.
      extension("2.5.29.19", true, der(0x30, der(0x01, Buffer.of(0xff)))),
    ]);
  }

  /**
   * @param name what the certificate is for; a server's host or a client's user
   * @param until the year in which it ends, from this one on
   */
  issue(name: string, until = 1): Certificate {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return {
      cert: this.#certificate(name, publicKey, [alternative(name)], until),
      key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    };
  }

  /** A certificate that nobody but itself stands for. */
  static selfSigned(name: string): Certificate {
    const own = new CertificateAuthority(name);
    return {
      cert: own.#certificate(name, own.#keys.publicKey, [alternative(name)]),
      key: own.#keys.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    };
  }

  #certificate(name: string, publicKey: KeyObject, extensions: readonly Buffer[], until = 1): string {
    const algorithm = der(0x30, oid("1.2.840.10045.4.3.2"));
    const [year] = new Date().toISOString().split("-");
    const validity = [Number(year) - 2, Number(year) + until].map((at) =>
      der(0x18, Buffer.from(`${at}0101000000Z`))
    );
    const serial = crypto.getRandomValues(Buffer.alloc(8));
    serial[0] = 1;
    const body = der(
      0x30,
      der(0xa0, der(0x02, Buffer.of(2))),
      der(0x02, serial),
      algorithm,
      distinguished(this.name),
      der(0x30, ...validity),
      distinguished(name),
      publicKey.export({ type: "spki", format: "der" }),
      der(0xa3, der(0x30, ...extensions)),
    );
    const signature = sign("sha256", body, this.#keys.privateKey);
    const whole = der(0x30, body, algorithm, der(0x03, Buffer.of(0), signature));
    const lines = whole.toString("base64").match(/.{1,64}/g)!;
    return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
  }
}

/** The host that it is for. */
function alternative(name: string): Buffer {
  return extension("2.5.29.17", false, der(0x30, der(0x82, Buffer.from(name))));
}

/** One value of ASN.1's distinguished encoding: tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function oid(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split(".").map(Number) as [number, number, ...number[]];
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const digits = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift(left & 0x7f | 0x80);
    bytes.push(...digits);
  }
  return der(0x06, Buffer.from(bytes));
}

function distinguished(commonName: string): Buffer {
  return der(0x30, der(0x31, der(0x30, oid("2.5.4.3"), der(0x0c, Buffer.from(commonName)))));
}

function extension(id: string, critical: boolean, content: Uint8Array): Buffer {
  const flag = critical ? [der(0x01, Buffer.of(0xff))] : [];
  return der(0x30, oid(id), ...flag, der(0x04, content));
}
