// Dates as readers of each language write them.

// Arabic papers print European digits as often as their own; these are the ones in the articles' addresses and in ours.
const LOCALES = { ar: "ar-u-nu-latn", en: "en-GB" };

/** The day of publication as its newspaper has it: that of the date itself, not of the reader's time zone. */
export function day(iso, language) {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso ?? "");
  if (!found) return "";
  const [, year, month, date] = found.map(Number);
  const format = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(LOCALES[language], format).format(Date.UTC(year, month - 1, date));
}

/** A moment in the reader's own time zone. */
export function moment(iso, language) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "";
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium", timeStyle: "short" }).format(date);
}

export const number = (value, language) => new Intl.NumberFormat(LOCALES[language]).format(value);

/** Half-open days of UTC, as the command line has them: the last day is included. */
export function dayStart(date) {
  return `${date}T00:00:00Z`;
}

export function dayAfter(date) {
  const next = new Date(`${date}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().replace(".000Z", "Z");
}
