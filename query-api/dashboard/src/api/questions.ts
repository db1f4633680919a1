import { answered, api, type Fetched } from "./client";
import type { components, operations } from "./schema";

/** What a screen asks: a name that stands for the whole question, and how to ask it. */
export interface Question<T> {
  name: string;
  ask: (signal: AbortSignal) => Promise<T>;
}

export type Schemas = components["schemas"];
export type Meta = Schemas["Meta"];
export type ListMeta = Schemas["ListMeta"];
type Query<O extends keyof operations> = operations[O]["parameters"] extends { query?: infer Q } ? Q : never;
/** An id of 64 bits: text where a number would round it. */
export type Id = number | string;

function named<T>(
  path: string,
  query: object | undefined,
  ask: (signal: AbortSignal) => Promise<Fetched<T>>,
): Question<T> {
  return { name: `${path} ${JSON.stringify(query ?? {})}`, ask: (signal) => answered(ask, signal) };
}

export function portfolio(query: Query<"analytics_portfolio">) {
  return named("portfolio", query, (signal) => api.GET("/analytics/portfolio", { params: { query }, signal }));
}

export function collections(query: Query<"analytics_collections">) {
  return named("collections", query, (signal) => api.GET("/analytics/collections", { params: { query }, signal }));
}

export function followUps(query: Query<"insights_follow_ups">) {
  return named("follow_ups", query, (signal) => api.GET("/insights/follow_ups", { params: { query }, signal }));
}

export function analytics(collection_id: Id, query?: Query<"collection_analytics">) {
  const params = { path: { collection_id }, query };
  return named(`analytics ${collection_id}`, query, (signal) =>
    api.GET("/collections/{collection_id}/analytics", { params, signal }),
  );
}

export function timeseries(collection_id: Id, query: Query<"collection_timeseries">) {
  const params = { path: { collection_id }, query };
  return named(`timeseries ${collection_id}`, query, (signal) =>
    api.GET("/collections/{collection_id}/analytics/timeseries", { params, signal }),
  );
}

export function popular(collection_id: Id, query: Query<"collection_popular">) {
  const params = { path: { collection_id }, query };
  return named(`popular ${collection_id}`, query, (signal) =>
    api.GET("/collections/{collection_id}/analytics/popular", { params, signal }),
  );
}

export function downloads(collection_id: Id, query: Query<"downloads">) {
  const params = { path: { collection_id }, query };
  return named(`downloads ${collection_id}`, query, (signal) =>
    api.GET("/collections/{collection_id}/downloads", { params, signal }),
  );
}

export function clients(collection_id: Id, query: Query<"collection_clients">) {
  const params = { path: { collection_id }, query };
  return named(`clients ${collection_id}`, query, (signal) =>
    api.GET("/collections/{collection_id}/clients", { params, signal }),
  );
}

export function timeline(collection_id: Id, client_id: string, query: Query<"client_timeline">) {
  const params = { path: { collection_id, client_id }, query };
  return named(`timeline ${collection_id} ${client_id}`, query, (signal) =>
    api.GET("/collections/{collection_id}/clients/{client_id}/timeline", { params, signal }),
  );
}

export function preferences(client_id: string, query: Query<"client_preferences">) {
  const params = { path: { client_id }, query };
  return named(`preferences ${client_id}`, query, (signal) =>
    api.GET("/clients/{client_id}/preferences", { params, signal }),
  );
}

export function favorites(collection_id: Id, query: Query<"favorites">) {
  const params = { path: { collection_id }, query };
  return named(`favorites ${collection_id}`, query, (signal) =>
    api.GET("/collections/{collection_id}/favorites", { params, signal }),
  );
}

export function sharingLinks(collection_id: Id, query: Query<"photo_sharing_links">) {
  const params = { path: { collection_id }, query };
  return named(`links ${collection_id}`, query, (signal) =>
    api.GET("/collections/{collection_id}/photo_sharing_links", { params, signal }),
  );
}

export function download(download_id: string) {
  const params = { path: { download_id } };
  return named(`download ${download_id}`, undefined, (signal) =>
    api.GET("/downloads/{download_id}", { params, signal }),
  );
}

export function downloadItems(download_id: string, query: Query<"download_items">) {
  const params = { path: { download_id }, query };
  return named(`items ${download_id}`, query, (signal) =>
    api.GET("/downloads/{download_id}/items", { params, signal }),
  );
}

export function starred(query: Query<"photos_starred">) {
  return named("starred", query, (signal) => api.GET("/photos/starred", { params: { query }, signal }));
}

export function freshness() {
  return named("freshness", undefined, (signal) => api.GET("/freshness", { signal }));
}

export function definitions() {
  return named("definitions", undefined, (signal) => api.GET("/definitions", { signal }));
}
