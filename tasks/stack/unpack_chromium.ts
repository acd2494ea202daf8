/**
 * Unpacks @sparticuz/chromium into TMPDIR, a program of its own: the package unpacks wherever the temporary
 * folder is, and only a process of its own can be given another one without changing it for everybody.
 */
import Chromium from "@sparticuz/chromium";

if (import.meta.main) {
  console.log(await Chromium.executablePath());
}
