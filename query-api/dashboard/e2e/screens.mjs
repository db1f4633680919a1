// The screens, each with a path that has something to show.

import { jsonOf } from "./api.mjs";

/** @returns {Promise<{ name: string, path: string }[]>} */
export async function screens() {
  const collections = await jsonOf("/analytics/collections?sort=-downloads&limit=1");
  const collection = collections.data[0].collection.id;
  const downloads = await jsonOf(`/collections/${collection}/downloads?limit=500`);
  const clients = await jsonOf(`/collections/${collection}/clients?limit=20`);
  const client = clients.data.find((/** @type {any} */ row) => row.client !== null).client.id;
  const most = downloads.data.reduce((/** @type {any} */ a, /** @type {any} */ b) =>
    b.transfer.segments > a.transfer.segments ? b : a,
  );
  const partial = downloads.data.find((/** @type {any} */ row) => row.status === "partial") ?? most;
  const within = `/dashboard/collections/${collection}`;
  return [
    { name: "portfolio", path: "/dashboard/" },
    { name: "collection", path: within },
    { name: "collection-media", path: `${within}/media` },
    { name: "collection-downloads", path: `${within}/downloads` },
    { name: "collection-clients", path: `${within}/clients` },
    { name: "collection-favourites", path: `${within}/favourites` },
    { name: "collection-links", path: `${within}/links` },
    { name: "client", path: `${within}/clients/${client}` },
    { name: "download", path: `/dashboard/downloads/${most.id}` },
    { name: "download-partial", path: `/dashboard/downloads/${partial.id}` },
    { name: "starred", path: "/dashboard/starred" },
    { name: "health", path: "/dashboard/health" },
    { name: "definitions", path: "/dashboard/definitions?of=downloads/summary/downloads" },
  ];
}
