import { exact, moment, relative } from "../show/times";
import { useNow } from "./now";

/** A time as it is felt, with the exact one to look up. */
export function Ago({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (!at) return <>–</>;
  return (
    <time dateTime={at} title={exact(at)}>
      {relative(at, Math.max(now, Date.now()))}
    </time>
  );
}

/** A date and time in the browser's zone. */
export function Moment({ at }: { at: string | null | undefined }) {
  if (!at) return <>–</>;
  return (
    <time dateTime={at} title={exact(at)}>
      {moment(at)}
    </time>
  );
}
