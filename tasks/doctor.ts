import { readConfig } from "./config.ts";
import { ExitCode } from "./model/errors.ts";
import { diagnose } from "./stack/doctor.ts";
import { command, main } from "./terminal/command.ts";
import { doctorText } from "./terminal/doctor_text.ts";

await main(async () => {
  command("doctor", "Look at everything that a run depends on, and say how to mend what is missing.")
    .parse(Deno.args, { from: "user" });
  const findings = await diagnose(readConfig());
  console.log(doctorText(findings));
  return findings.some(({ state }) => state === "missing") ? ExitCode.service : ExitCode.ok;
});
