WITH moves AS (
    SELECT plan_id, company_id, expert_id, travel, target AS stage, yen::bigint FROM ledger
    UNION ALL SELECT plan_id, company_id, expert_id, travel, source, -yen FROM ledger
), stands AS (
    SELECT plan_id, sum(yen) FILTER (WHERE stage = 'reserved') AS reserved,
        sum(yen) FILTER (WHERE stage = 'confirmed') AS confirmed,
        sum(yen) FILTER (WHERE stage = 'paid') AS paid,
        sum(yen) FILTER (WHERE stage = 'reclaimed') AS reclaimed,
        min(yen) FILTER (WHERE stage = 'carried') AS carried
    FROM moves WHERE plan_id IS NOT NULL AND NOT travel GROUP BY plan_id
), papers AS (
    SELECT p.id AS plan_id, p.number, k.state, coalesce(k.honorarium_yen, 0) AS promised,
        r.state AS report, CASE WHEN r.state = 'accepted' THEN r.honorarium_yen ELSE 0 END AS accepted,
        h.state AS claim, coalesce(s.reserved, 0) AS reserved, coalesce(s.confirmed, 0) AS confirmed,
        coalesce(s.paid, 0) AS paid, coalesce(s.reclaimed, 0) AS reclaimed, s.carried,
        coalesce(b.repaid, 0) AS repaid, coalesce(b.demanded, 0) AS demanded,
        -- What was given when a contract was terminated, as long as nothing has been done to its sessions since.
        CASE WHEN k.state = 'terminated' AND NOT EXISTS (
            SELECT FROM sessions s JOIN audit a ON a.subject = 'session' AND a.subject_id = s.id
            WHERE s.contract_id = k.id AND a.at >= k.ended_at)
        THEN (SELECT coalesce(sum(billable_minutes), 0) FROM sessions s WHERE s.contract_id = k.id
            AND s.state IN ('ended', 'recorded', 'confirmed', 'disputed'))
            * least(%(cap_an_hour)s, k.price_yen - %(least_share)s) / 60 END AS given
    FROM plans p LEFT JOIN stands s ON s.plan_id = p.id
    LEFT JOIN contracts k ON k.plan_id = p.id AND k.state NOT IN ('expired', 'cancelled')
    LEFT JOIN reports r ON r.contract_id = k.id
    LEFT JOIN claims h ON h.contract_id = k.id
    LEFT JOIN LATERAL (
        SELECT sum(repaid_yen) AS repaid, sum(yen) AS demanded FROM reclaims
        WHERE claim_id = h.id AND state IN ('demanded', 'repaid')) b ON true
)
SELECT 'plan ' || number || ': ' || what || ' (reserved ' || reserved || ', confirmed ' || confirmed
    || ', paid ' || paid || ', reclaimed ' || reclaimed || ')'
FROM papers CROSS JOIN LATERAL (VALUES
    ('a stage below zero', least(reserved, confirmed, paid, reclaimed) < 0 OR carried IS NOT NULL),
    ('reserved without a contract', state IS NULL AND reserved <> 0),
    ('its contract promises ' || promised,
        state IN ('ready', 'signed_by_expert', 'signed_by_sme', 'concluded')
        AND coalesce(report, '') NOT IN ('accepted', 'rejected') AND reserved <> promised),
    ('reserved though all is over', reserved <> 0 AND (state = 'ended' OR report IN ('accepted', 'rejected'))),
    ('more reserved than promised', reserved > promised),
    ('given until its end: ' || given, given IS NOT NULL AND coalesce(report, '') NOT IN ('accepted', 'rejected')
        AND reserved <> least(given, promised)),
    ('its report is worth ' || accepted, confirmed + paid + reclaimed + repaid > accepted),
    ('accepted money is missing', report = 'accepted' AND coalesce(claim, '') <> 'rejected'
        AND confirmed + paid + reclaimed + repaid <> accepted),
    ('paid without a paid claim', (paid > 0 OR reclaimed > 0) AND coalesce(claim, '') NOT IN ('paid', 'reclaimed')),
    ('a paid claim that is not paid', claim IN ('paid', 'reclaimed') AND confirmed <> 0),
    ('approved and not ready', claim IN ('approved_once', 'approved', 'scheduled', 'pay_failed')
        AND (confirmed <> accepted OR accepted = 0)),
    ('a rejected claim holds money', claim = 'rejected' AND confirmed + paid + reclaimed <> 0),
    (demanded || ' is demanded', reclaimed <> demanded - repaid)
) AS t (what, wrong)
WHERE wrong
