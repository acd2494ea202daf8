import { singleLine } from "../../terminal/safe_text.ts";
import { shortName } from "../site_pages.ts";
import type { SiteRow } from "../site_row.ts";
import { element, xmlText } from "./xml.ts";

/** The feed's file in a published site. */
export const FEED = "feed.xml";

/** The newest that have a verdict stand in it. */
const MOST_ITEMS = 100;
const SENTENCE_COLUMNS = 400;
const MOST_SENTENCES = 6;

/** What a feed says of its site. */
export interface FeedSite {
  readonly title: string;
  /** Where the site will be, with a slash at its end; null: links are relative to the feed. */
  readonly url: string | null;
}

/** The verdicts of runs and comparisons as RSS 2.0, newest first. */
export function feed(rows: readonly SiteRow[], { title, url }: FeedSite): string {
  const judged = rows.filter(({ tone }) => tone !== "neutral").slice(0, MOST_ITEMS);
  const link = (path: string) => `${url ?? ""}${path}`;
  const lines = [
    textElement("title", `${shortName(title)}: verdicts`),
    textElement("link", link("index.html")),
    textElement("description", "What runs and comparisons were judged to be, newest first"),
    ...url === null
      ? []
      : [`<atom:link href="${xmlText(link(FEED))}" rel="self" type="application/rss+xml"/>`],
    textElement("generator", "Benchbook"),
    // Not the time of writing: the feed is the same where nothing is new.
    ...judged.slice(0, 1).map(({ startedAt }) =>
      textElement("lastBuildDate", new Date(startedAt).toUTCString())
    ),
    ...judged.map((row) => item(row, link)),
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">`,
    `<channel>\n${lines.join("\n")}\n</channel>`,
    "</rss>\n",
  ].join("\n");
}

function item(row: SiteRow, link: (path: string) => string): string {
  const { runId, label, scenario, verdict, reasons, startedAt, href } = row;
  const told = reasons.slice(0, MOST_SENTENCES).map((reason) => singleLine(reason, SENTENCE_COLUMNS));
  return [
    "<item>",
    textElement("title", `${verdict}: ${label ?? runId} (${scenario})`),
    textElement("link", link(href)),
    // The same wherever the site lies.
    element("guid", xmlText(runId), { isPermaLink: "false" }),
    textElement("pubDate", new Date(startedAt).toUTCString()),
    // Readers take a description for HTML, so it is escaped twice: once as that, once as XML.
    textElement("description", told.map((text) => `<p>${xmlText(text)}</p>`).join("")),
    "</item>",
  ].join("\n");
}

function textElement(name: string, text: string): string {
  return element(name, xmlText(text));
}
