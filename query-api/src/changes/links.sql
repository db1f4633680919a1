-- When the next link expires, of the collection or of the whole account (rule 6).
SELECT min(expires_us) AS changes_us
FROM
(
    SELECT max(terms).expires_at AS expires_us
    FROM share_links
    WHERE account_id = {account:UInt64} AND ({collection:UInt64} = 0 OR collection_id = {collection:UInt64})
    GROUP BY collection_id, link_id
)
WHERE expires_us > {as_of:Int64}
HAVING count() > 0
