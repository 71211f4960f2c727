SELECT 'payment ' || y.id || ': ' || y.state || ', by the ledger ' || honorarium || ' and travel ' || travel
FROM payments y CROSS JOIN LATERAL (
    SELECT coalesce(sum(moved) FILTER (WHERE NOT l.travel), 0) AS honorarium,
        coalesce(sum(moved) FILTER (WHERE l.travel), 0) AS travel
    FROM ledger l CROSS JOIN LATERAL (SELECT CASE target WHEN 'paid' THEN yen ELSE -yen END AS moved) m
    WHERE l.payment_id = y.id AND 'paid' IN (source, target)) s
WHERE honorarium <> CASE y.state WHEN 'paid' THEN y.honorarium_yen ELSE 0 END
    OR travel <> CASE y.state WHEN 'paid' THEN y.travel_yen ELSE 0 END
UNION ALL
SELECT 'claim ' || h.number || ': ' || h.state || ', its payments ' || coalesce(string_agg(y.state, ' '), 'none')
FROM claims h LEFT JOIN payments y ON y.claim_id = h.id
GROUP BY h.id HAVING count(*) FILTER (WHERE y.state = 'paid')
        <> CASE WHEN h.state IN ('paid', 'reclaimed') THEN 1 ELSE 0 END
    OR count(*) FILTER (WHERE y.state = 'scheduled') <> CASE h.state WHEN 'scheduled' THEN 1 ELSE 0 END
