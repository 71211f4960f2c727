WITH worked AS (
    SELECT k.number, k.minutes AS agreed, v.minutes AS planned,
        coalesce(sum(s.billable_minutes) FILTER (WHERE s.state IN ('running', 'ended', 'recorded', 'confirmed', 'disputed')), 0) AS given,
        coalesce(sum(s.billable_minutes) FILTER (WHERE s.state = 'confirmed'
            AND s.answered_by IN (SELECT person_id FROM company_members m WHERE m.company_id = k.company_id)), 0)
            AS confirmed,
        bool_or(s.state = 'denied') AS denied, r.state AS report, r.minutes AS reported,
        h.state AS claim, h.minutes AS claimed
    FROM contracts k JOIN plan_revisions v ON (v.plan_id, v.revision) = (k.plan_id, k.plan_revision)
    LEFT JOIN sessions s ON s.contract_id = k.id
    LEFT JOIN reports r ON r.contract_id = k.id
    LEFT JOIN claims h ON h.contract_id = k.id
    GROUP BY k.id, v.minutes, r.id, h.id
)
SELECT 'contract ' || number || ': ' || what || ' (planned ' || planned || ', agreed ' || agreed || ', given '
    || given || ', confirmed ' || confirmed || ', reported ' || coalesce(reported, 0) || ', claimed '
    || coalesce(claimed, 0) || ')'
FROM worked CROSS JOIN LATERAL (VALUES
    ('more agreed than planned', agreed > planned),
    ('more given than agreed', given > agreed),
    ('more confirmed than given', confirmed > given),
    ('more reported than confirmed', report IN ('confirming', 'under_review', 'accepted') AND reported > confirmed),
    -- A claim that waits while its report is being corrected is measured when it goes on.
    ('more claimed than confirmed', claim NOT IN ('rejected')
        AND (claim NOT IN ('under_review', 'deficient') OR report IN ('under_review', 'accepted'))
        AND claimed > confirmed),
    ('claimed and reported differ', report = 'accepted' AND claimed <> reported
        AND claim NOT IN ('under_review', 'deficient', 'rejected')),
    ('paid in spite of a denial', denied AND claim IN ('approved_once', 'approved', 'scheduled', 'paid'))
) AS t (what, wrong)
WHERE wrong
