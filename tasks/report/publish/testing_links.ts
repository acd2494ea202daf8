import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** Links of a site's pages and of its feed that lead nowhere, or out of it, each with the file that it stands in. */
export function brokenLinks(site: string): string[] {
  const broken: string[] = [];
  for (const file of readdirSync(site, { recursive: true, encoding: "utf8" })) {
    if (!/\.(html|xml)$/.test(file)) continue;
    const text = readFileSync(join(site, file), "utf8");
    const found = file.endsWith(".xml")
      ? [...text.matchAll(/<link>([^<]*)<\/link>/g)]
      : [...text.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "").matchAll(/\s(?:href|src)="([^"]*)"/g)];
    for (const [, link] of found) {
      if (!leads(site, file, link!, text)) broken.push(`${file}: ${link}`);
    }
  }
  return broken;
}

function leads(site: string, file: string, link: string, text: string): boolean {
  if (link.startsWith("data:")) return true;
  if (link.startsWith("#")) return link === "#" || text.includes(`id="${link.slice(1)}"`);
  const path = file.endsWith(".xml") ? link.replace(/^https:\/\/[^/]+\/runs\//, "") : link;
  if (/^(\w+:|\/)/.test(path)) return false;
  const place = join(site, dirname(file), path.split("#")[0]!);
  return place.startsWith(`${site}/`) && existsSync(place) && statSync(place).isFile();
}
