-- What part of the download attempts of a collection succeeded, of those that are over?
SELECT
    countIf(status = 'completed') AS completed,
    countIf(status IN ('partial', 'failed')) AS not_completed,
    if(completed + not_completed = 0, NULL, completed / (completed + not_completed)) AS success_rate
FROM loupe.downloads
WHERE account_id = {account:UInt64} AND collection_id = {collection:UInt64} AND is_attempt
