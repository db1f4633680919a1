const WHOLE = new Intl.NumberFormat("en-GB");
const TENTH = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const THREE = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });

/** What stands where there is no value. */
export const NONE = "–";

/** A count, every digit of it. */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : WHOLE.format(value);
}

/** A ratio as a percentage with one decimal, as the API rounds it. */
export function share(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : `${TENTH.format(value * 100)} %`;
}

/** A percentage the API made, rounded down: 100 means complete. */
export function percent(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  return `${value === 100 ? "100" : TENTH.format(value)} %`;
}

function scaled(value: number, units: readonly string[]): string {
  let size = value;
  let unit = 0;
  // 999.5 and more would print as 1,000 of the smaller unit.
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? WHOLE.format(size) : THREE.format(size)} ${units[unit]}`;
}

/** Bytes in decimal units, to three digits. */
export function bytes(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : scaled(value, ["B", "kB", "MB", "GB", "TB", "PB"]);
}

/** A speed of transfer. */
export function speed(bitsPerSecond: number | null | undefined): string {
  if (bitsPerSecond === null || bitsPerSecond === undefined) return NONE;
  return scaled(bitsPerSecond, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"]);
}

/** "1 photo", "2 photos", "no photos". */
export function counted(value: number, one: string, several = `${one}s`): string {
  if (value === 0) return `no ${several}`;
  return `${count(value)} ${value === 1 ? one : several}`;
}

/** "412 photos and 6 videos"; a kind of which there is none is left out. */
export function media({ photos, videos }: { photos: number; videos: number }): string {
  const parts = [photos && counted(photos, "photo"), videos && counted(videos, "video")];
  return parts.filter(Boolean).join(" and ") || "nothing";
}

/** How long something took. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NONE;
  if (ms < 1000) return `${WHOLE.format(Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${TENTH.format(ms / 1000)} s`;
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const clock = `${String(minutes).padStart(hours ? 2 : 1, "0")}:${String(rest).padStart(2, "0")}`;
  return hours ? `${hours}:${clock} h` : `${clock} min`;
}
