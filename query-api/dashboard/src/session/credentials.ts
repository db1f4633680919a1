import { Cell } from "../parts/cell";

/** What requests are signed with. */
export interface Credentials {
  key: string;
  /** Named by a key that acts for several accounts. */
  account: string | null;
}

const PLACE = "loupe.credentials";

function kept(): Credentials | null {
  if (typeof sessionStorage === "undefined") return null;
  const text = sessionStorage.getItem(PLACE);
  return text ? (JSON.parse(text) as Credentials) : null;
}

/** The reader's key; it leaves this tab's session storage only as a header of requests to this API. */
export const credentials = new Cell<Credentials | null>(kept());
/** Why the session ended, to be said at the door. */
export const farewell = new Cell<string | null>(null);

export function keep(own: Credentials) {
  sessionStorage.setItem(PLACE, JSON.stringify(own));
  farewell.set(null);
  credentials.set(own);
}

export function forget(reason: string | null = null) {
  sessionStorage.removeItem(PLACE);
  farewell.set(reason);
  credentials.set(null);
}
