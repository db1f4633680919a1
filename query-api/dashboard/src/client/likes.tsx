import type { Schemas } from "../api/questions";
import { Bar } from "../parts/bar";
import { Term } from "../parts/figure";
import { Empty } from "../parts/states";
import { share } from "../show/numbers";
import { word } from "../show/words";

const TOP = 6;

interface Liked {
  name: string;
  share?: number | null;
  lift?: number | null;
}

/** The same as rows: by what, which, the share and how it compares. */
export function likedRows(preferences: Schemas["ClientPreferences"]) {
  const { galleries, tags, renditions } = likedBy(preferences);
  const rowsBy = (by: string, rows: readonly Liked[]) =>
    rows.map(({ name, share, lift }) => ({ by, value: name, share, lift }));
  return [...rowsBy("gallery", galleries), ...rowsBy("tag", tags), ...rowsBy("rendition", renditions)];
}

function likedBy(preferences: Schemas["ClientPreferences"]) {
  const galleries = (preferences.by_gallery ?? []).map((row) => ({
    ...row,
    name: row.gallery_name ?? String(row.gallery_id),
  }));
  const tags = (preferences.by_tag ?? []).map((row) => ({ ...row, name: row.tag }));
  const renditions = (preferences.by_rendition ?? []).map((row) => ({ ...row, name: word(row.rendition) }));
  return { galleries, tags, renditions };
}

/** What a client prefers, as far as there are enough deeds to say. */
export function Likes({ preferences }: { preferences: Schemas["ClientPreferences"] }) {
  if (preferences.suppressed) {
    return (
      <Empty title="Too little to tell.">Below twenty deeds a preference would be chance, so none is shown.</Empty>
    );
  }
  const { galleries, tags, renditions } = likedBy(preferences);
  return (
    <div class="halves is-three">
      <Group name="Galleries" field="by_gallery" rows={galleries} />
      <Group name="Tags" field="by_tag" rows={tags} />
      <Group name="Sizes" field="by_rendition" rows={renditions} />
    </div>
  );
}

function Group({ name, field, rows }: { name: string; field: string; rows: readonly Liked[] }) {
  const top = [...rows].sort((a, b) => (b.lift ?? 0) - (a.lift ?? 0)).slice(0, TOP);
  const most = Math.max(...top.map((row) => row.lift ?? 0), 1);
  return (
    <section>
      <h3>
        <Term field={`client_preferences/data/${field}/lift`}>{name}</Term>
      </h3>
      <ol class="ranking">
        {top.map((row) => (
          <li key={row.name}>
            <span>{row.name}</span>
            <Bar part={(row.lift ?? 0) / most} />
            <b title={`${share(row.share)} of what this client did`}>
              {row.lift == null ? "–" : `${row.lift.toFixed(1)}×`}
            </b>
          </li>
        ))}
      </ol>
    </section>
  );
}
