-- Which share links of a collection still work, and how much were they used?
SELECT link_id, status, opens, visitors, downloads
FROM loupe.share_links
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64}
ORDER BY created_at DESC, link_id DESC
