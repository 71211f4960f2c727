WITH framed AS (
    SELECT s.*, k.concluded_at, k.period_start,
        (s.company_id, s.expert_id) = (k.company_id, k.expert_id) AS of_its_contract,
        least(%(support_over)s, (k.period_end + 1)::timestamp AT TIME ZONE %(zone)s,
            CASE WHEN k.state = 'terminated' THEN k.ended_at END) AS over
    FROM sessions s JOIN contracts k ON k.id = s.contract_id WHERE s.state <> 'cancelled'
), counted AS (
    SELECT id, number, expert_id, company_id, billable_minutes,
        (start_at AT TIME ZONE %(zone)s)::date AS day,
        tstzrange(start_at, coalesce(end_at, 'infinity')) AS span
    FROM sessions WHERE state IN ('running', 'ended', 'recorded', 'confirmed', 'disputed')
)
SELECT 'session ' || number || ': ' || what FROM framed
CROSS JOIN LATERAL (VALUES
    ('of another contract', NOT of_its_contract),
    ('before the contract',
        concluded_at IS NULL OR start_at < date_trunc('minute', concluded_at)),
    ('before the period', (start_at AT TIME ZONE %(zone)s)::date < period_start),
    ('too late', start_at > over OR end_at > over),
    ('without an end', end_at IS NULL AND state <> 'running'),
    ('bills more than its time', billable_minutes > 0 AND billable_minutes
        > extract(epoch FROM date_trunc('minute', end_at) - date_trunc('minute', start_at)) / 60 - break_minutes)
) AS t (what, wrong)
WHERE wrong
UNION ALL
SELECT 'session ' || a.number || ': overlaps with session ' || b.number
FROM counted a JOIN counted b ON a.id < b.id AND a.span && b.span
    AND (a.expert_id = b.expert_id OR a.company_id = b.company_id)
UNION ALL
SELECT side || ' ' || owner || ': ' || sum(billable_minutes) || ' minutes on ' || day FROM counted
CROSS JOIN LATERAL (VALUES ('expert', expert_id), ('company', company_id)) AS t (side, owner)
GROUP BY side, owner, day HAVING sum(billable_minutes) > %(a_day)s
