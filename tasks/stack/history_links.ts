import { lstatSync } from "node:fs";
import { join } from "node:path";
import { replaceText } from "../files/replace_text.ts";
import { readSmallText } from "../files/small_file.ts";
import { historyFolders } from "./history_folder.ts";
import { INDEX } from "./reports_folder.ts";

const LINK = /<a href="\.\.\/\.\.\/([\w-]+)\/index\.html">(.*?)<\/a>/g;

/**
 * Takes the links to reports that are gone out of the pages of histories: the runs stay in them until the page is made
 * anew, by their names. A page that cannot be written keeps its links.
 */
export function unlinkRemoved(reports: string): void {
  for (const folder of historyFolders(reports)) {
    const page = join(reports, folder, INDEX);
    try {
      const html = readSmallText(page);
      const without = html.replaceAll(
        LINK,
        (link, run, name) =>
          lstatSync(join(reports, run, INDEX), { throwIfNoEntry: false }) === undefined ? name : link,
      );
      if (without !== html) replaceText(page, without);
    } catch {
      // It leads nowhere, and says nothing wrong.
    }
  }
}
