WITH moves AS (
    SELECT plan_id, company_id, expert_id, travel, target AS stage, yen::bigint FROM ledger
    UNION ALL SELECT plan_id, company_id, expert_id, travel, source, -yen FROM ledger
), held AS (
    SELECT party, owner, stage, sum(yen) AS yen FROM moves
    CROSS JOIN LATERAL (VALUES
        ('company', company_id, NOT travel), ('expert', expert_id, NOT travel),
        ('budget', 0, plan_id IS NOT NULL AND NOT travel), ('travel', 0, travel)) AS t (party, owner, counts)
    WHERE counts AND owner IS NOT NULL AND stage <> 'free'
    GROUP BY party, owner, stage
), kept AS (
    SELECT party, owner_id AS owner, stage, yen FROM accounts
    CROSS JOIN LATERAL (VALUES ('carried', carried_yen), ('reserved', reserved_yen),
        ('confirmed', confirmed_yen), ('paid', paid_yen), ('reclaimed', reclaimed_yen)) AS t (stage, yen)
), capped AS (
    SELECT party, owner, sum(yen) AS yen,
        CASE party WHEN 'company' THEN %(sme_cap)s WHEN 'expert' THEN %(expert_cap)s
            WHEN 'budget' THEN %(budget)s ELSE %(travel_budget)s END AS cap
    FROM held GROUP BY party, owner
)
SELECT party || ' ' || owner || ': ' || yen || ' over the cap of ' || cap FROM capped WHERE yen > cap
UNION ALL
SELECT party || ' ' || owner || ': ' || stage || ' is ' || coalesce(k.yen, 0) || ' in the account, '
    || coalesce(h.yen, 0) || ' by the ledger'
FROM held h FULL JOIN kept k USING (party, owner, stage)
WHERE coalesce(h.yen, 0) <> coalesce(k.yen, 0) OR coalesce(k.yen, 0) < 0
