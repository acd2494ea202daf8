import { CERTIFICATES, checkLogin, checkModes, given, MODES, testWitness } from "./testing_tls_modes.ts";
import { withTlsServer } from "./testing_tls_server.ts";

Deno.test("every sslmode takes the certificates and the logins that libpq takes, and psql agrees", async (t) => {
  await withTlsServer(async (server) => {
    for (const name of CERTIFICATES) {
      await t.step(`a certificate that is ${name}`, () => checkModes(server, name));
    }

    await t.step("a login that is let in only one way finds it, or not", async () => {
      await server.show(server.authority.issue("localhost"));
      for (const sslmode of MODES.filter((mode) => !mode.startsWith("verify"))) {
        await checkLogin(server.url("only_tls", given(sslmode)), server.folder, sslmode !== "disable");
        await checkLogin(server.url("never_tls", given(sslmode)), server.folder, sslmode !== "require");
      }
    });
  });
});

testWitness(2 * CERTIFICATES.length * MODES.length);
