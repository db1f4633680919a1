const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const RELATIVE = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });
const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [MINUTE, "second"],
  [HOUR, "minute"],
  [DAY, "hour"],
  [14 * DAY, "day"],
  [60 * DAY, "week"],
  [730 * DAY, "month"],
  [Number.POSITIVE_INFINITY, "year"],
];
const UNITS: Record<string, number> = {
  second: SECOND,
  minute: MINUTE,
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  month: 30.44 * DAY,
  year: 365.25 * DAY,
};

/** "3 minutes ago", "in 2 days". */
export function relative(at: string | number, now: number): string {
  const away = new Date(at).getTime() - now;
  const distance = Math.abs(away);
  if (distance < 10 * SECOND) return "just now";
  const [, unit] = STEPS.find(([below]) => distance < below) ?? [0, "year" as const];
  return RELATIVE.format(Math.trunc(away / (UNITS[unit] ?? DAY)), unit);
}

/** The instant in full, as logs and invoices need it: `2026-11-26 22:05:10.611 UTC`. */
export function exact(at: string | number): string {
  return new Date(at).toISOString().replace("T", " ").replace("Z", " UTC");
}

function formats(zone: string | undefined) {
  const of = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", zone === undefined ? options : { ...options, timeZone: zone });
  return {
    clock: of({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    minute: of({ hour: "2-digit", minute: "2-digit" }),
    day: of({ day: "numeric", month: "short" }),
    weekday: of({ weekday: "long" }),
    date: of({ day: "numeric", month: "long", year: "numeric" }),
    moment: of({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
  };
}

const known = new Map<string, ReturnType<typeof formats>>();

function inZone(zone?: string) {
  const name = zone ?? "";
  const found = known.get(name) ?? formats(zone);
  known.set(name, found);
  return found;
}

/** `22:05:10`. */
export const clock = (at: string | number, zone?: string) => inZone(zone).clock.format(new Date(at));
/** `22:05`. */
export const minute = (at: string | number, zone?: string) => inZone(zone).minute.format(new Date(at));
/** `26 Nov`. */
export const day = (at: string | number, zone?: string) => inZone(zone).day.format(new Date(at));
/** `Thursday 26 November 2026`. */
export function date(at: string | number, zone?: string): string {
  const own = inZone(zone);
  return `${own.weekday.format(new Date(at))} ${own.date.format(new Date(at))}`;
}
/** `26 Nov, 22:05`. */
export const moment = (at: string | number, zone?: string) => inZone(zone).moment.format(new Date(at));

/** 00:00 UTC of the day of an instant. */
export function utcDay(at: number): number {
  return Math.floor(at / DAY) * DAY;
}

/** An instant as the API reads it. */
export function printed(at: number): string {
  return new Date(at).toISOString();
}

/** The zone the browser is in, and those it knows. */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
export function zones(): string[] {
  return [...new Set([ownZone, "UTC", ...Intl.supportedValuesOf("timeZone")])];
}
