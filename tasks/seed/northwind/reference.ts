import { schemaSql } from "../sql.ts";

/**
 * The rows of a small table that is the same at every scale, in COPY's text format: facts, with the original's slips
 * mended.
 * @param table whose rows lie in queries/schema/northwind/rows/<table>.tsv
 */
export function fixedRows(table: string): readonly (readonly (string | null)[])[] {
  return schemaSql(`northwind/rows/${table}.tsv`).trimEnd().split("\n")
    .map((line) => line.split("\t").map((field) => field === "\\N" ? null : field));
}

/** `priceMedian` in dollars; the rest are pools that product names and packages are made of. */
interface Category {
  /** Its share of all products: how many of each 16. */
  readonly share: number;
  readonly priceMedian: number;
  readonly nouns: readonly string[];
  readonly packages: readonly string[];
}

const words = (text: string): readonly string[] => text.split(", ");

/** In the order of their table. */
export const CATEGORIES: readonly Category[] = Object.values<Category>({
  Beverages: {
    share: 3,
    priceMedian: 17,
    nouns: words(
      "Ale, Lager, Stout, Cider, Espresso, Green Tea, Chai, Lemonade, Ginger Beer, Apple Juice, Cocoa, Mineral Water",
    ),
    packages: words(
      "24 - 12 oz bottles, 10 boxes x 20 bags, 12 - 75 cl bottles, 24 - 355 ml cans, 16 - 500 g tins",
    ),
  },
  Condiments: {
    share: 2,
    priceMedian: 20,
    nouns: words(
      "Mustard, Chutney, Pepper Sauce, Cranberry Relish, Honey, Seasoning, Maple Syrup, Pesto, Soy Sauce, Marmalade",
    ),
    packages: words("12 - 550 ml bottles, 48 - 6 oz jars, 12 - 8 oz jars, 24 - 250 ml bottles, 36 boxes"),
  },
  Confections: {
    share: 2,
    priceMedian: 18,
    nouns: words(
      "Chocolate, Shortbread, Nougat, Toffee, Gingerbread, Meringue, Praline, Wafers, Marzipan, Biscuits, Fruit Tart",
    ),
    packages: words("10 boxes x 12 pieces, 32 - 500 g boxes, 30 gift boxes, 100 - 100 g pieces, 48 pies"),
  },
  "Dairy Products": {
    share: 2,
    priceMedian: 24,
    nouns: words(
      "Camembert, Cheddar, Gouda, Gorgonzola, Mascarpone, Mozzarella, Raclette, Manchego, Feta, Ricotta, Brie",
    ),
    packages: words("1 kg pkg., 10 - 500 g pkgs., 24 - 200 g pkgs., 15 - 300 g rounds, 5 kg pkg."),
  },
  "Grains/Cereals": {
    share: 1,
    priceMedian: 18,
    nouns: words(
      "Crispbread, Gnocchi, Ravioli, Muesli, Rye Bread, Dumplings, Couscous, Noodles, Polenta, Crackers",
    ),
    packages: words("24 - 500 g pkgs., 12 - 250 g pkgs., 32 - 1 kg pkgs., 20 bags x 4 pieces"),
  },
  "Meat/Poultry": {
    share: 1,
    priceMedian: 42,
    nouns: words(
      "Sausages, Ham, Smoked Duck, Mutton, Pastrami, Venison Pie, Meat Balls, Salami, Chicken Liver Pâté",
    ),
    packages: words("18 - 500 g pkgs., 20 - 1 kg tins, 50 bags x 30 pcs., 24 boxes x 2 pies"),
  },
  Produce: {
    share: 1,
    priceMedian: 28,
    nouns: words(
      "Dried Pears, Tofu, Sauerkraut, Dried Apples, Raisins, Figs, Apricots, Sun-Dried Tomatoes, Dates",
    ),
    packages: words("12 - 1 lb pkgs., 40 - 100 g pkgs., 25 - 825 g cans, 50 - 300 g pkgs."),
  },
  Seafood: {
    share: 4,
    priceMedian: 19,
    nouns: words(
      "Herring, Smoked Salmon, Crab Meat, Clam Chowder, Caviar, Kelp, Mussels, Sardines, Squid Rings, Trout Fillet",
    ),
    packages: words("12 - 200 ml jars, 16 kg pkg., 24 - 4 oz tins, 10 - 200 g glasses, 24 - 150 g jars"),
  },
});

/** What stands before the noun of a product's name. */
export const PRODUCT_ORIGINS: readonly string[] = words(
  "Alpine, Northwoods, Grandma's, Highland, Harbor, Old Mill, Tuscan, Provençal, Baltic, Cajun, Outback, Bavarian, " +
    "Andalusian, Nordic, Catalan, Breton, Cornish, Cape Cod, Sir Rodney's, Uncle Bob's, Golden, Organic, Farmhouse, " +
    "Imperial, Rustic, Island, Prairie, Monastery, Lakeside, Royal, Vermont, Silver Creek",
);

export const CONTACT_TITLES: readonly string[] = words(
  "Owner, Sales Representative, Marketing Manager, Sales Manager, Accounting Manager, Sales Associate, " +
    "Marketing Assistant, Sales Agent, Order Administrator, Purchasing Manager",
);
