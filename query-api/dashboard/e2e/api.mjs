// The API as the checks ask it themselves, beside the page.

import { settings } from "./settings.mjs";

/** The answer at a path. */
export async function answerOf(/** @type {string} */ path, /** @type {Record<string, string>} */ headers = {}) {
  const response = await fetch(settings.url + path, {
    headers: { Authorization: `Bearer ${settings.key}`, ...headers },
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response;
}

/** @returns {Promise<any>} */
export async function jsonOf(/** @type {string} */ path) {
  return (await answerOf(path)).json();
}

/** @type {[RegExp, string][]} */
const OPERATIONS = [
  [/^\/analytics\/portfolio$/, "analytics_portfolio"],
  [/^\/analytics\/collections$/, "analytics_collections"],
  [/^\/insights\/follow_ups$/, "insights_follow_ups"],
  [/^\/collections\/\d+\/analytics$/, "collection_analytics"],
  [/^\/collections\/\d+\/analytics\/timeseries$/, "collection_timeseries"],
  [/^\/collections\/\d+\/analytics\/popular$/, "collection_popular"],
  [/^\/collections\/\d+\/clients$/, "collection_clients"],
  [/^\/collections\/\d+\/clients\/[^/]+\/timeline$/, "client_timeline"],
  [/^\/clients\/[^/]+\/preferences$/, "client_preferences"],
  [/^\/collections\/\d+\/downloads$/, "downloads"],
  [/^\/collections\/\d+\/favorites$/, "favorites"],
  [/^\/collections\/\d+\/photo_sharing_links$/, "photo_sharing_links"],
  [/^\/downloads\/[^/]+$/, "download"],
  [/^\/downloads\/[^/]+\/items$/, "download_items"],
  [/^\/photos\/starred$/, "photos_starred"],
  [/^\/freshness$/, "freshness"],
];

/** The operation that a path belongs to, as definitions name it. */
export function operationOf(/** @type {string} */ path) {
  return OPERATIONS.find(([form]) => form.test(path))?.[1];
}
