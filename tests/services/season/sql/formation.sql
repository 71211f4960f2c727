SELECT 'contract ' || k.number || ': ' || what
FROM contracts k JOIN plans p ON p.id = k.plan_id JOIN experts e ON e.id = k.expert_id
LEFT JOIN plan_revisions v ON (v.plan_id, v.revision) = (k.plan_id, k.plan_revision)
LEFT JOIN LATERAL (
    SELECT * FROM audit a WHERE a.subject = 'plan' AND a.subject_id = p.id AND a.action = 'formed'
        AND a.revision = k.plan_revision AND a.at = k.made_at ORDER BY a.id DESC LIMIT 1) formed ON true
LEFT JOIN LATERAL (
    SELECT * FROM audit a WHERE a.subject = 'plan' AND a.subject_id = p.id AND a.action = 'agreed'
        AND a.id < formed.id ORDER BY a.id DESC LIMIT 1) agreed ON true
CROSS JOIN LATERAL (VALUES
    ('no approved review', NOT EXISTS (
        SELECT FROM reviews r WHERE r.kind = 'plan' AND r.subject_id = p.id AND r.state = 'approved'
        AND r.decided_at = k.made_at AND r.decided_by = formed.actor)),
    ('its revision was not reviewed', formed.id IS NULL),
    ('the company did not agree to it', agreed.id IS NULL OR agreed.revision <> k.plan_revision
        OR NOT EXISTS (SELECT FROM company_members m WHERE m.company_id = k.company_id
            AND m.person_id = agreed.actor AND m.signatory)),
    ('the expert did not write it', NOT EXISTS (
        SELECT FROM audit a WHERE a.subject = 'plan' AND a.subject_id = p.id AND a.id < agreed.id
        AND a.action IN ('sent', 'revised') AND a.revision = k.plan_revision AND a.actor = e.person_id)),
    ('something came between agreement and review', EXISTS (
        SELECT FROM audit a WHERE a.subject = 'plan' AND a.subject_id = p.id
        AND a.id > agreed.id AND a.id < formed.id
        AND a.action IN ('revised', 'returned', 'rejected', 'declined', 'withdrawn', 'superseded', 'expired'))),
    ('the plan moved on', k.state NOT IN ('expired', 'cancelled') AND NOT (
        p.state = 'approved' AND p.revision = k.plan_revision
        AND coalesce(p.agreed_by_sme_revision, 0) = k.plan_revision
        AND coalesce(p.agreed_by_expert_revision, 0) = k.plan_revision)),
    ('the plan is between others', (p.company_id, p.expert_id) <> (k.company_id, k.expert_id)),
    ('its figures are not those of the plan', v.plan_id IS NULL OR k.price_yen <> v.price_yen
        OR k.minutes > v.minutes OR k.honorarium_yen > v.honorarium_yen
        OR (NOT EXISTS (SELECT FROM contract_changes c WHERE c.contract_id = k.id AND c.state = 'agreed')
            AND (k.minutes, k.period_start, k.period_end) <> (v.minutes, v.period_start, v.period_end)))
) AS t (what, wrong)
WHERE wrong
