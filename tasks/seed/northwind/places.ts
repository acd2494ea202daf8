/**
 * Where customers, suppliers and employees live. In a postal or phone pattern # is a digit, ? a letter.
 * A city is: name, region (or empty), postal pattern, area code.
 */
export interface Country {
  readonly name: string;
  /** Share of customers, relative. */
  readonly weight: number;
  /** Which of the value pools its names and streets come from. */
  readonly locale: Locale;
  /** How a street and a house number are joined: s and n stand for them. */
  readonly address: string;
  /** The area code takes the place of @. */
  readonly phone: string;
  readonly trades: readonly string[];
  readonly cities: readonly City[];
}

export interface City {
  readonly name: string;
  readonly region: string | null;
  readonly postal: string;
  readonly area: string;
}

export const LOCALES = [
  "en_US",
  "en_GB",
  "en_CA",
  "en_IE",
  "de",
  "de_AT",
  "de_CH",
  "fr",
  "es",
  "es_MX",
  "it",
  "pt_BR",
  "pt_PT",
  "nl_BE",
  "da",
  "fi",
  "nb_NO",
  "sv",
  "pl",
] as const;
export type Locale = typeof LOCALES[number];

export const COUNTRIES: readonly Country[] = [
  country("USA", 13, "en_US", "n s", "(@) 555-####", "Market|Grocers|Fine Foods|Provisions|Diner", [
    "Seattle|WA|981##|206",
    "Portland|OR|972##|503",
    "San Francisco|CA|941##|415",
    "Boise|ID|837##|208",
    "Albuquerque|NM|871##|505",
    "Chicago|IL|606##|312",
    "Boston|MA|021##|617",
    "Denver|CO|802##|303",
  ]),
  country("Germany", 12, "de", "s n", "@-#######", "Delikatessen|Feinkost|Lebensmittel|Markthalle|Getränke", [
    "Berlin||10###|030",
    "München||80###|089",
    "Köln||50###|0221",
    "Frankfurt a.M.||60###|069",
    "Leipzig||04###|0341",
    "Stuttgart||70###|0711",
    "Münster||48###|0251",
  ]),
  country("France", 11, "fr", "n, s", "@.##.##.##", "et fils|Gourmandises|Épicerie|Restauration|Traiteur", [
    "Paris||750##|01.42",
    "Lyon||6900#|04.78",
    "Marseille||130##|04.91",
    "Toulouse||31#00|05.61",
    "Nantes||44#00|02.40",
    "Strasbourg||67#00|03.88",
    "Lille||59#00|03.20",
  ]),
  country("UK", 8, "en_GB", "n s", "(@) 555-####", "Provisions|& Sons|Fine Foods|Grocers|Tea Rooms", [
    "London||EC# #??|171",
    "Manchester||M## #??|161",
    "Bristol||BS# #??|117",
    "Edinburgh||EH# #??|131",
    "Cowes|Isle of Wight|PO31 #??|198",
  ]),
  country("Brazil", 9, "pt_BR", "s, n", "(@) 555-####", "Comércio|Lanchonete|Mercearia|Delícias", [
    "São Paulo|SP|05###-###|11",
    "Rio de Janeiro|RJ|22###-###|21",
    "Campinas|SP|130##-###|19",
    "Resende|RJ|275##-###|24",
    "Curitiba|PR|80###-###|41",
  ]),
  country("Spain", 6, "es", "s, n", "(@) 555 ## ##", "Comidas|Gastrónomo|Ultramarinos|Bodega", [
    "Madrid||280##|91",
    "Barcelona||080##|93",
    "Sevilla||410##|95",
    "Valencia||460##|96",
    "Bilbao||480##|94",
  ]),
  country("Mexico", 5, "es_MX", "s n", "(@) 555-####", "Abarrotes|Taquería|Comidas|Comercial", [
    "México D.F.||05###|55",
    "Guadalajara|Jalisco|44###|33",
    "Monterrey|Nuevo León|64###|81",
    "Puebla|Puebla|72###|222",
  ]),
  country("Venezuela", 4, "es_MX", "s n", "(@) 555-####", "Abastos|Supermercado|Delicateses", [
    "Caracas|DF|10##|212",
    "Barquisimeto|Lara|30##|251",
    "San Cristóbal|Táchira|50##|276",
    "I. de Margarita|Nueva Esparta|63##|295",
  ]),
  country("Italy", 4, "it", "s n", "@-#######", "Alimentari|e Figli|Gastronomia|Dispensa", [
    "Torino||101##|011",
    "Bergamo||241##|035",
    "Milano||201##|02",
    "Reggio Emilia||421##|0522",
    "Ravenna||481##|0544",
  ]),
  country("Canada", 4, "en_CA", "n s", "(@) 555-####", "Markets|Trading Post|Wine Cellars|Grocers", [
    "Vancouver|BC|V6? #?#|604",
    "Montréal|Québec|H2? #?#|514",
    "Toronto|ON|M5? #?#|416",
    "Calgary|AB|T2? #?#|403",
  ]),
  country("Argentina", 3, "es", "s n", "(@) 135-####", "Comidas para llevar|Almacén|Parrilla", [
    "Buenos Aires||10##|11",
    "Córdoba||50##|351",
    "Rosario||20##|341",
  ]),
  country("Austria", 3, "de_AT", "s n", "@-######", "Handel|Feinkost|Kellerei", [
    "Wien||1##0|01",
    "Graz||80##|0316",
    "Salzburg||50##|0662",
    "Linz||40##|0732",
  ]),
  country("Belgium", 2, "nl_BE", "s n", "(@) ## ## ##", "Suprêmes|Delicatessen|Brouwerij", [
    "Bruxelles||1##0|02",
    "Charleroi||60##|071",
    "Antwerpen||20##|03",
    "Gent||90##|09",
  ]),
  country("Denmark", 2, "da", "s n", "@ ## ## ##", "Delikatesser|Kolonial|Smørrebrød", [
    "København||1###|31",
    "Århus||80##|86",
    "Odense||50##|66",
  ]),
  country("Finland", 2, "fi", "s n", "@-### ####", "Herkku|Kauppa|Wartian", [
    "Helsinki||00##0|09",
    "Oulu||90##0|08",
    "Tampere||33##0|03",
  ]),
  country("Ireland", 2, "en_IE", "n s", "(@) 555 ####", "All-Night Grocers|& Daughters|Provisions", [
    "Cork|Co. Cork|T12 ??##|21",
    "Dublin|Co. Dublin|D0# ??##|1",
    "Galway|Co. Galway|H91 ??##|91",
  ]),
  country("Norway", 2, "nb_NO", "s n", "@-## ## ##", "Gourmet|Kolonial|Meieri", [
    "Stavern||32##|33",
    "Oslo||0###|22",
    "Bergen||50##|55",
  ]),
  country("Poland", 2, "pl", "s n", "(@) ###-####", "Zajazd|Delikatesy|Piekarnia", [
    "Warszawa||0#-###|22",
    "Kraków||3#-###|12",
    "Gdańsk||80-###|58",
  ]),
  country("Portugal", 2, "pt_PT", "s n", "(@) ###-####", "Bacalhau|Mercearia|Frutos do Mar", [
    "Lisboa||1###-###|21",
    "Porto||4###-###|22",
    "Coimbra||3000-###|239",
  ]),
  country("Sweden", 3, "sv", "s n", "@-## ## ##", "snabbköp|Livs|och son HB", [
    "Luleå||S-97# ##|0920",
    "Stockholm||S-11# ##|08",
    "Göteborg||S-41# ##|031",
    "Malmö||S-21# ##|040",
  ]),
  country("Switzerland", 2, "de_CH", "s n", "@-### ## ##", "Käserei|Confiserie|Comestibles", [
    "Bern||30##|031",
    "Genève||12##|022",
    "Zürich||80##|044",
  ]),
];

function country(
  name: string,
  weight: number,
  locale: Locale,
  address: string,
  phone: string,
  trades: string,
  cities: readonly string[],
): Country {
  return {
    name,
    weight,
    locale,
    address,
    phone,
    trades: trades.split("|"),
    cities: cities.map((line) => {
      const [city, region, postal, area] = line.split("|") as [string, string, string, string];
      return { name: city, region: region || null, postal, area };
    }),
  };
}
