-- Popularity among the measured rows, in thousandths, exactly and half up (rule 89). The most of each are taken by windows:
-- a subquery of them would read the measured rows again.
, scored AS
(
    SELECT
        *,
        toUInt256(greatest(max(favorites_n) OVER (), 1)) AS f,
        toUInt256(greatest(max(downloads_n) OVER (), 1)) AS d,
        toUInt256(greatest(max(shares_n) OVER (), 1)) AS s,
        toUInt256(greatest(max(looks_n) OVER (), 1)) AS v,
        toUInt64(intDiv(
            (4 * favorites_n * d * s * v + 3 * downloads_n * f * s * v + 2 * shares_n * f * d * v + looks_n * f * d * s) * 200
                + f * d * s * v,
            2 * f * d * s * v)) AS score
    FROM measured
)
