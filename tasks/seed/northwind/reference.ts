/** The small tables of Northwind that are the same at every scale. Facts, with the original's slips mended. */

/** `priceMedian` in dollars; the rest are pools that product names and packages are made of. */
export interface Category {
  readonly name: string;
  readonly description: string;
  /** Its share of all products: how many of each 16. */
  readonly share: number;
  readonly priceMedian: number;
  readonly nouns: readonly string[];
  readonly packages: readonly string[];
}

const words = (text: string): readonly string[] => text.split(", ");

export const CATEGORIES: readonly Category[] = [
  {
    name: "Beverages",
    description: "Soft drinks, coffees, teas, beers and ales",
    share: 3,
    priceMedian: 17,
    nouns: words(
      "Ale, Lager, Stout, Cider, Espresso, Green Tea, Chai, Lemonade, Ginger Beer, Apple Juice, Cocoa, Mineral Water",
    ),
    packages: words(
      "24 - 12 oz bottles, 10 boxes x 20 bags, 12 - 75 cl bottles, 24 - 355 ml cans, 16 - 500 g tins",
    ),
  },
  {
    name: "Condiments",
    description: "Sweet and savory sauces, relishes, spreads and seasonings",
    share: 2,
    priceMedian: 20,
    nouns: words(
      "Mustard, Chutney, Pepper Sauce, Cranberry Relish, Honey, Seasoning, Maple Syrup, Pesto, Soy Sauce, Marmalade",
    ),
    packages: words("12 - 550 ml bottles, 48 - 6 oz jars, 12 - 8 oz jars, 24 - 250 ml bottles, 36 boxes"),
  },
  {
    name: "Confections",
    description: "Desserts, candies and sweet breads",
    share: 2,
    priceMedian: 18,
    nouns: words(
      "Chocolate, Shortbread, Nougat, Toffee, Gingerbread, Meringue, Praline, Wafers, Marzipan, Biscuits, Fruit Tart",
    ),
    packages: words("10 boxes x 12 pieces, 32 - 500 g boxes, 30 gift boxes, 100 - 100 g pieces, 48 pies"),
  },
  {
    name: "Dairy Products",
    description: "Cheeses",
    share: 2,
    priceMedian: 24,
    nouns: words(
      "Camembert, Cheddar, Gouda, Gorgonzola, Mascarpone, Mozzarella, Raclette, Manchego, Feta, Ricotta, Brie",
    ),
    packages: words("1 kg pkg., 10 - 500 g pkgs., 24 - 200 g pkgs., 15 - 300 g rounds, 5 kg pkg."),
  },
  {
    name: "Grains/Cereals",
    description: "Breads, crackers, pasta and cereal",
    share: 1,
    priceMedian: 18,
    nouns: words(
      "Crispbread, Gnocchi, Ravioli, Muesli, Rye Bread, Dumplings, Couscous, Noodles, Polenta, Crackers",
    ),
    packages: words("24 - 500 g pkgs., 12 - 250 g pkgs., 32 - 1 kg pkgs., 20 bags x 4 pieces"),
  },
  {
    name: "Meat/Poultry",
    description: "Prepared meats",
    share: 1,
    priceMedian: 42,
    nouns: words(
      "Sausages, Ham, Smoked Duck, Mutton, Pastrami, Venison Pie, Meat Balls, Salami, Chicken Liver Pâté",
    ),
    packages: words("18 - 500 g pkgs., 20 - 1 kg tins, 50 bags x 30 pcs., 24 boxes x 2 pies"),
  },
  {
    name: "Produce",
    description: "Dried fruit and bean curd",
    share: 1,
    priceMedian: 28,
    nouns: words(
      "Dried Pears, Tofu, Sauerkraut, Dried Apples, Raisins, Figs, Apricots, Sun-Dried Tomatoes, Dates",
    ),
    packages: words("12 - 1 lb pkgs., 40 - 100 g pkgs., 25 - 825 g cans, 50 - 300 g pkgs."),
  },
  {
    name: "Seafood",
    description: "Seaweed and fish",
    share: 4,
    priceMedian: 19,
    nouns: words(
      "Herring, Smoked Salmon, Crab Meat, Clam Chowder, Caviar, Kelp, Mussels, Sardines, Squid Rings, Trout Fillet",
    ),
    packages: words("12 - 200 ml jars, 16 kg pkg., 24 - 4 oz tins, 10 - 200 g glasses, 24 - 150 g jars"),
  },
];

/** What stands before the noun of a product's name. */
export const PRODUCT_ORIGINS: readonly string[] = words(
  "Alpine, Northwoods, Grandma's, Highland, Harbor, Old Mill, Tuscan, Provençal, Baltic, Cajun, Outback, Bavarian, " +
    "Andalusian, Nordic, Catalan, Breton, Cornish, Cape Cod, Sir Rodney's, Uncle Bob's, Golden, Organic, Farmhouse, " +
    "Imperial, Rustic, Island, Prairie, Monastery, Lakeside, Royal, Vermont, Silver Creek",
);

export const REGIONS: readonly string[] = ["Eastern", "Western", "Northern", "Southern"];

/** ZIP code, place, region. */
export const TERRITORIES: readonly (readonly [string, string, number])[] = [
  ["01581", "Westborough", 1],
  ["01730", "Bedford", 1],
  ["01833", "Georgetown", 1],
  ["02116", "Boston", 1],
  ["02139", "Cambridge", 1],
  ["02184", "Braintree", 1],
  ["02903", "Providence", 1],
  ["03049", "Hollis", 3],
  ["03801", "Portsmouth", 3],
  ["06897", "Wilton", 1],
  ["07960", "Morristown", 1],
  ["08837", "Edison", 1],
  ["10019", "New York", 1],
  ["10038", "New York", 1],
  ["11747", "Melville", 1],
  ["14450", "Fairport", 1],
  ["19428", "Philadelphia", 3],
  ["19713", "Newark", 1],
  ["20852", "Rockville", 1],
  ["27403", "Greensboro", 1],
  ["27511", "Cary", 1],
  ["29202", "Columbia", 4],
  ["30346", "Atlanta", 4],
  ["31406", "Savannah", 4],
  ["32859", "Orlando", 4],
  ["33607", "Tampa", 4],
  ["40222", "Louisville", 1],
  ["44122", "Beachwood", 3],
  ["45839", "Findlay", 3],
  ["48075", "Southfield", 3],
  ["48084", "Troy", 3],
  ["48304", "Bloomfield Hills", 3],
  ["53404", "Racine", 3],
  ["55113", "Roseville", 3],
  ["55439", "Minneapolis", 3],
  ["60179", "Hoffman Estates", 2],
  ["60601", "Chicago", 2],
  ["72716", "Bentonville", 4],
  ["75234", "Dallas", 4],
  ["78759", "Austin", 4],
  ["80202", "Denver", 2],
  ["80909", "Colorado Springs", 2],
  ["85014", "Phoenix", 2],
  ["85251", "Scottsdale", 2],
  ["90405", "Santa Monica", 2],
  ["94025", "Menlo Park", 2],
  ["94105", "San Francisco", 2],
  ["95008", "Campbell", 2],
  ["95054", "Santa Clara", 2],
  ["95060", "Santa Cruz", 2],
  ["98004", "Bellevue", 2],
  ["98052", "Redmond", 2],
  ["98104", "Seattle", 2],
];

export const SHIPPERS: readonly (readonly [string, string])[] = [
  ["Speedy Express", "(503) 555-9831"],
  ["United Package", "(503) 555-3199"],
  ["Federal Shipping", "(503) 555-9931"],
  ["Alliance Shippers", "1-800-222-0451"],
  ["UPS", "1-800-782-7892"],
  ["DHL", "1-800-225-5345"],
];

/** Kinds of customers. The original has the table but no rows. */
export const CUSTOMER_TYPES: readonly (readonly [string, string])[] = [
  ["CAFE", "Cafés and tea rooms: small orders, weekly"],
  ["CANTEEN", "Company and school canteens: closed in holidays"],
  ["CATERING", "Caterers: large orders before weekends"],
  ["DELI", "Delicatessens: small quantities of many products"],
  ["HOTEL", "Hotels with a kitchen of their own"],
  ["RESTAURANT", "Restaurants"],
  ["RETAIL", "Grocery stores"],
  ["WHOLESALE", "Wholesalers who sell on"],
];

/** Kinds of customers by what they are worth, most first; "segments.share" says how many there are of each. */
export const SEGMENTS: readonly (readonly [string, string])[] = [
  ["Strategic", "The few who order most: a manager of their own, prices agreed each year"],
  ["Key", "Regular large orders: a representative visits every month"],
  ["Growth", "Order now and then: won over by offers"],
  ["Occasional", "Order rarely: served by telephone"],
];

/** The fifty states and the District of Columbia: name, postal code, part of the country. */
export const US_STATES: readonly (readonly [string, string, string])[] =
  ("Alabama AL south, Alaska AK north, Arizona AZ west, Arkansas AR south, California CA west, Colorado CO west, " +
    "Connecticut CT east, Delaware DE east, District of Columbia DC east, Florida FL south, Georgia GA south, " +
    "Hawaii HI west, Idaho ID midwest, Illinois IL midwest, Indiana IN midwest, Iowa IA midwest, Kansas KS midwest, " +
    "Kentucky KY south, Louisiana LA south, Maine ME north, Maryland MD east, Massachusetts MA north, " +
    "Michigan MI north, Minnesota MN north, Mississippi MS south, Missouri MO south, Montana MT west, " +
    "Nebraska NE midwest, Nevada NV west, New Hampshire NH east, New Jersey NJ east, New Mexico NM west, " +
    "New York NY east, North Carolina NC east, North Dakota ND midwest, Ohio OH midwest, Oklahoma OK midwest, " +
    "Oregon OR west, Pennsylvania PA east, Rhode Island RI east, South Carolina SC east, South Dakota SD midwest, " +
    "Tennessee TN midwest, Texas TX west, Utah UT west, Vermont VT east, Virginia VA east, Washington WA west, " +
    "West Virginia WV south, Wisconsin WI midwest, Wyoming WY west")
    .split(", ").map((line) => {
      const parts = line.split(" ");
      const part = parts.pop()!;
      const code = parts.pop()!;
      return [parts.join(" "), code, part] as const;
    });

export const CONTACT_TITLES: readonly string[] = words(
  "Owner, Sales Representative, Marketing Manager, Sales Manager, Accounting Manager, Sales Associate, " +
    "Marketing Assistant, Sales Agent, Order Administrator, Purchasing Manager",
);
