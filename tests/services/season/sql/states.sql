WITH everything (kind, id, state) AS (
    SELECT 'plan', id, state FROM plans
    UNION ALL SELECT 'contract', id, state FROM contracts
    UNION ALL SELECT 'session', id, state FROM sessions
    UNION ALL SELECT 'report', id, state FROM reports
    UNION ALL SELECT 'claim', id, state FROM claims
    UNION ALL SELECT 'payment_run', id, state FROM payment_runs
    UNION ALL SELECT 'payment', id, state FROM payments WHERE state IN ('paid', 'failed')
)
