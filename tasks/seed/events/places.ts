/** Where organizations sit. Faker has names of people for each of these locales. */
export type Locale = "de" | "en_CA" | "en_GB" | "en_US" | "es" | "fr" | "it" | "nl" | "pl" | "pt_BR" | "sv";

export interface Country {
  /** ISO 3166-1. */
  readonly code: string;
  readonly locale: Locale;
  /** BCP 47. */
  readonly tag: string;
  /** How many organizations sit there unless the user says otherwise. */
  readonly weight: number;
}

export const COUNTRIES: readonly Country[] = [
  { code: "US", locale: "en_US", tag: "en-US", weight: 32 },
  { code: "GB", locale: "en_GB", tag: "en-GB", weight: 13 },
  { code: "DE", locale: "de", tag: "de-DE", weight: 13 },
  { code: "FR", locale: "fr", tag: "fr-FR", weight: 9 },
  { code: "NL", locale: "nl", tag: "nl-NL", weight: 7 },
  { code: "CA", locale: "en_CA", tag: "en-CA", weight: 6 },
  { code: "BR", locale: "pt_BR", tag: "pt-BR", weight: 5 },
  { code: "ES", locale: "es", tag: "es-ES", weight: 5 },
  { code: "SE", locale: "sv", tag: "sv-SE", weight: 4 },
  { code: "IT", locale: "it", tag: "it-IT", weight: 3 },
  { code: "PL", locale: "pl", tag: "pl-PL", weight: 3 },
];
