WITH booked AS (
    SELECT 'plan' AS subject, plan_id AS subject_id, at, actor, reason,
        CASE WHEN travel THEN 'travel ' ELSE 'honorarium ' END || source || ' to ' || target AS action,
        count(*) AS times
    FROM ledger WHERE plan_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6
    UNION ALL
    SELECT CASE WHEN expert_id IS NULL THEN 'company' ELSE 'expert' END, coalesce(expert_id, company_id),
        at, actor, reason, 'balance carried over', count(*)
    FROM ledger WHERE plan_id IS NULL GROUP BY 1, 2, 3, 4, 5, 6
), noted AS (
    SELECT subject, subject_id, at, actor, reason, action, count(*) AS times FROM audit
    WHERE action ~ '^(honorarium|travel) [a-z]+ to [a-z]+$' OR action = 'balance carried over'
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT t.action || ' of ' || t.subject || ' ' || t.subject_id || ': ' || coalesce(b.times, 0) || ' times in the ledger, '
    || coalesce(n.times, 0) || ' in the log'
FROM booked b FULL JOIN noted n
    ON (b.subject, b.subject_id, b.at, b.reason, b.action) = (n.subject, n.subject_id, n.at, n.reason, n.action)
    AND b.actor IS NOT DISTINCT FROM n.actor
CROSS JOIN LATERAL (SELECT coalesce(b.action, n.action), coalesce(b.subject, n.subject),
    coalesce(b.subject_id, n.subject_id)) AS t (action, subject, subject_id)
WHERE coalesce(b.times, 0) <> coalesce(n.times, 0)
