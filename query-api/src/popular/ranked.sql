, ranked AS
(
    SELECT
        *,
        row_number() OVER (
            ORDER BY
                multiIf(
                    {by:String} = 'unique_downloads', unique_downloads_n,
                    {by:String} = 'views', looks_n,
                    {by:String} = 'favorites', favorites_n,
                    {by:String} = 'shares', shares_n,
                    {by:String} = 'score', score,
                    downloads_n) DESC,
                media_id) AS rank
    FROM scored
)
