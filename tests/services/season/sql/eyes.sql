WITH sides AS (
    SELECT 'plan' AS kind, p.id, m.person_id FROM plans p JOIN company_members m USING (company_id)
    UNION SELECT 'plan', p.id, e.person_id FROM plans p JOIN experts e ON e.id = p.expert_id
    UNION SELECT 'report', r.id, m.person_id FROM reports r JOIN company_members m USING (company_id)
    UNION SELECT 'report', r.id, e.person_id FROM reports r JOIN experts e ON e.id = r.expert_id
    UNION SELECT 'claim', h.id, m.person_id FROM claims h JOIN company_members m USING (company_id)
    UNION SELECT 'claim', h.id, e.person_id FROM claims h JOIN experts e ON e.id = h.expert_id
    UNION SELECT 'case', c.id, m.person_id FROM cases c JOIN company_members m USING (company_id)
    UNION SELECT 'company', company_id, person_id FROM company_members
    UNION SELECT 'expert', id, person_id FROM experts
), reviewed AS (
    SELECT 'review ' || r.id || ' of ' || kind AS what, kind, subject_id, person_id FROM reviews r
    CROSS JOIN LATERAL (VALUES (taken_by), (first_by), (decided_by)) AS t (person_id)
    UNION ALL SELECT 'approval of claim ' || number, 'claim', h.id, person_id FROM claims h
    CROSS JOIN LATERAL (VALUES (approved_by), (second_approved_by)) AS t (person_id)
    UNION ALL SELECT 'payment ' || y.id, 'claim', claim_id, person_id
    FROM payments y JOIN payment_runs t ON t.id = run_id
    CROSS JOIN LATERAL (VALUES (made_by), (released_by)) AS p (person_id)
    UNION ALL SELECT 'result of payment ' || y.id, 'claim', claim_id, a.actor
    FROM payments y JOIN audit a ON a.subject = 'payment' AND a.subject_id = y.id
    UNION ALL SELECT 'demand ' || c.id, 'claim', claim_id, person_id FROM reclaims c
    CROSS JOIN LATERAL (VALUES (proposed_by), (confirmed_by)) AS t (person_id)
    UNION ALL SELECT 'repayment ' || b.id, 'claim', claim_id, entered_by
    FROM repayments b JOIN reclaims c ON c.id = reclaim_id
    UNION ALL SELECT 'account of ' || expert_id, 'expert', expert_id, decided_by FROM account_changes
    UNION ALL SELECT 'balance of ' || subject, subject, subject_id, actor FROM audit
    WHERE action = 'balance carried over' AND reason <> 'phase I, as declared'
), twice AS (
    SELECT 'claim ' || number AS what, approved_by AS one, second_approved_by AS other,
        state IN ('approved', 'scheduled', 'paid', 'pay_failed', 'reclaimed')
            AND honorarium_yen + travel_yen >= %(four_eyes_from)s AS due,
        state IN ('approved', 'scheduled', 'paid', 'pay_failed', 'reclaimed', 'approved_once') AS decided
    FROM claims
    UNION ALL SELECT 'payment run ' || number, made_by, released_by, state IN ('released', 'closed'), true
    FROM payment_runs
    UNION ALL SELECT 'demand ' || id, proposed_by, confirmed_by, state IN ('demanded', 'repaid'), true
    FROM reclaims
    UNION ALL SELECT 'switch ' || id, proposed_by, confirmed_by, state = 'in_force', true FROM switch_changes
    WHERE proposed_by IS NOT NULL
    UNION ALL SELECT 'review ' || id, first_by, decided_by, false, true FROM reviews
    WHERE first_by IS NOT NULL AND state = 'approved'
)
SELECT 'plan ' || p.number || ': its expert speaks for the company' FROM plans p
JOIN experts e ON e.id = p.expert_id JOIN company_members m USING (company_id, person_id)
UNION ALL
SELECT 'contract ' || k.number || ': its expert speaks for the company' FROM contracts k
JOIN experts e ON e.id = k.expert_id JOIN company_members m USING (company_id, person_id)
UNION ALL
SELECT what || ': by person ' || r.person_id || ', who has a part in it'
FROM reviewed r JOIN sides s ON (s.kind, s.id, s.person_id) = (r.kind, r.subject_id, r.person_id)
UNION ALL
SELECT what || ': by ' || coalesce(one::text, 'nobody') || ' and ' || coalesce(other::text, 'nobody') FROM twice
WHERE one = other OR (due AND other IS NULL) OR (decided AND one IS NULL)
