WITH priced AS (
    SELECT 'plan ' || plan_id || ' revision ' || revision AS what, price_yen AS price, minutes,
        NULL::bigint AS total, honorarium_yen AS honorarium, NULL::bigint AS share
    FROM plan_revisions
    UNION ALL SELECT 'contract ' || number, price_yen, minutes, NULL, honorarium_yen, NULL FROM contracts
    UNION ALL SELECT 'change ' || c.id, price_yen, c.minutes, NULL, c.honorarium_yen, NULL
    FROM contract_changes c JOIN contracts k ON k.id = c.contract_id
    UNION ALL SELECT 'report ' || r.number, price_yen, r.minutes, r.total_yen, r.honorarium_yen, NULL
    FROM reports r JOIN contracts k ON k.id = r.contract_id
    UNION ALL SELECT 'invoice ' || i.number, price_yen, i.minutes, i.total_yen, i.honorarium_yen, i.share_yen
    FROM invoices i JOIN contracts k ON k.id = i.contract_id
    UNION ALL SELECT 'claim ' || h.number, price_yen, h.minutes, NULL, h.honorarium_yen, NULL
    FROM claims h JOIN contracts k ON k.id = h.contract_id
), split AS (
    SELECT *, least(%(cap_an_hour)s, price - %(least_share)s)::bigint AS unit,
        price::bigint * minutes / 60 AS whole
    FROM priced
)
SELECT what || ': ' || price || ' yen for ' || minutes || ' minutes, honorarium ' || honorarium
FROM split
WHERE unit <= 0 OR unit > %(cap_an_hour)s OR price - unit < %(least_share)s
    OR minutes <= 0 OR mod(minutes, %(unit)s) <> 0
    OR honorarium <> unit * minutes / 60
    OR coalesce(total, whole) <> whole OR coalesce(share, whole - honorarium) <> whole - honorarium
    OR (whole - honorarium) * 60 < %(least_share)s::bigint * minutes
