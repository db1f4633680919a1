/** A run of bytes, both ends included. */
export interface Range {
  first: number;
  last: number;
}

/** A response as the API shows it. */
export interface Response {
  range_start?: number | null;
  range_end?: number | null;
  body_bytes: number;
  http_status: number;
}

/** The bytes that a response delivered (clause 35), or none. */
export function delivered(response: Response, size: number): Range | null {
  const { range_start: start, range_end: end, body_bytes: sent, http_status: status } = response;
  if (sent <= 0) return null;
  if (status === 200 && (start ?? null) === null) return { first: 0, last: Math.min(sent, size) - 1 };
  if (status !== 206 && status !== 200) return null;
  if (start === null || start === undefined || end === null || end === undefined) return null;
  return { first: start, last: Math.min(end, start + sent - 1) };
}

/** Ranges in order, joined where they touch or overlap. */
export function united(ranges: readonly Range[]): Range[] {
  const joined: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = joined.at(-1);
    if (before && range.first <= before.last + 1) before.last = Math.max(before.last, range.last);
    else joined.push({ ...range });
  }
  return joined;
}

/** What the ranges leave out of a file. */
export function gaps(ranges: readonly Range[], size: number): Range[] {
  const left: Range[] = [];
  let next = 0;
  for (const range of united(ranges)) {
    if (range.first > next) left.push({ first: next, last: range.first - 1 });
    next = range.last + 1;
  }
  if (next < size) left.push({ first: next, last: size - 1 });
  return left;
}

/** How many bytes the ranges hold together. */
export function lengthOf(ranges: readonly Range[]): number {
  return united(ranges).reduce((sum, range) => sum + range.last - range.first + 1, 0);
}
