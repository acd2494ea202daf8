import assert from "node:assert/strict";
import { attemptElsewhere } from "./testing_attempt.ts";
import { CertificateAuthority } from "./testing_certificates.ts";
import { checkLogin, checkModes, testWitness } from "./testing_tls_modes.ts";
import { withTlsServer } from "./testing_tls_server.ts";

Deno.test("a server is believed as libpq believes it, and psql agrees", async (t) => {
  await withTlsServer(async (server) => {
    const { authority, folder, place, show, url } = server;
    const root = place("root.pem", authority.cert);

    await t.step(
      "every sslmode takes what libpq takes of another authority's certificate",
      () => checkModes(server, "of another authority"),
    );

    await t.step(
      "SCRAM is bound to the server's certificate where that is required, and not without TLS",
      async () => {
        await show(authority.issue("localhost"));
        const bound = { channel_binding: "require" };
        await checkLogin(
          url("anyhow", { ...bound, sslmode: "verify-full", sslrootcert: root }),
          folder,
          true,
        );
        await checkLogin(url("anyhow", { ...bound, sslmode: "require" }), folder, true);
        await checkLogin(url("anyhow", { ...bound, sslmode: "disable" }), folder, false);
      },
    );

    await t.step("a public authority counts for nothing where another one is named", async () => {
      const everyones = new CertificateAuthority("public authority");
      await show(everyones.issue("localhost"));
      const cases = [
        { sslmode: "verify-full", sslrootcert: "system" },
        { sslmode: "verify-full", sslrootcert: root },
        { sslmode: "verify-ca", sslrootcert: root },
        { sslmode: "require", sslrootcert: root },
      ];
      const [publicly, ...others] = await attemptElsewhere(
        cases.map((parameters) => url("anyhow", parameters)),
        { DENO_CERT: place("public.pem", everyones.cert) },
      );
      assert.deepEqual(publicly, { measured: null, unmeasured: null });
      for (const { measured, unmeasured } of others) {
        assert.match(measured ?? "it was believed", /TlsError/);
        assert.match(unmeasured ?? "it was believed", /TlsError/);
      }
    });
  });
});

testWitness(14);
