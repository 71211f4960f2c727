WITH done AS (
    SELECT 'company ' || number AS what, 'registration' AS part, applied_at AS at, %(registration_over)s AS over
    FROM companies
    UNION ALL SELECT 'expert ' || number, 'registration', applied_at, %(registration_over)s FROM experts
    UNION ALL SELECT 'plan ' || number, 'plans', sent_at, %(contract_over)s FROM plans
    UNION ALL SELECT 'agreed plan ' || number, 'agreement', agreed_at, %(contract_over)s FROM plans
    UNION ALL SELECT 'contract ' || number, 'agreement', made_at, %(contract_over)s FROM contracts
    UNION ALL SELECT 'signature of contract ' || number, 'agreement', at, %(contract_over)s FROM contracts
    CROSS JOIN LATERAL (VALUES (signed_by_expert_at), (signed_by_sme_at), (concluded_at)) AS t (at)
    UNION ALL SELECT 'report ' || number, NULL, first_sent_at, %(report_over)s FROM reports
    UNION ALL SELECT 'corrected report ' || number, NULL, sent_at, %(programme_over)s FROM reports
    UNION ALL SELECT 'claim ' || number, NULL, first_sent_at, %(claim_over)s FROM claims
    UNION ALL SELECT 'corrected claim ' || number, NULL, sent_at, %(programme_over)s FROM claims
)
SELECT what || ': at ' || at || ', too late' FROM done WHERE at >= over
UNION ALL
SELECT what || ': at ' || at || ', while "' || part || '" was stopped'
FROM done CROSS JOIN LATERAL (
    SELECT open FROM switch_changes c WHERE c.code = part AND c.state = 'in_force' AND c.confirmed_at < at
    ORDER BY c.confirmed_at DESC, c.id DESC LIMIT 1) standing
WHERE NOT standing.open AND NOT EXISTS (
    SELECT FROM switch_changes c WHERE c.code = part AND c.state = 'in_force' AND c.confirmed_at = at)
