import type { Schemas } from "../api/questions";
import { count } from "../show/numbers";

const WIDTH = 160;
const HEIGHT = 28;

/** A small column for each span of time; the open one is lighter. */
export function Sparkline({ buckets, what }: { buckets: readonly Schemas["Bucket"][]; what: string }) {
  const most = Math.max(1, ...buckets.map((bucket) => bucket.value));
  const total = buckets.reduce((sum, bucket) => sum + bucket.value, 0);
  const step = WIDTH / Math.max(1, buckets.length);
  const gap = step > 3 ? 1 : step * 0.2;
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img">
      <title>{`${count(total)} ${what}, at most ${count(most)} at a time`}</title>
      <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      {buckets.map((bucket, index) => {
        const height = bucket.value === 0 ? 0 : Math.max(1.5, (bucket.value / most) * (HEIGHT - 2));
        return (
          <rect
            key={bucket.start}
            class={bucket.partial ? "is-open" : undefined}
            x={index * step}
            y={HEIGHT - height}
            width={Math.max(0.5, step - gap)}
            height={height}
          />
        );
      })}
    </svg>
  );
}
