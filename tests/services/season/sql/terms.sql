WITH versions AS (
    SELECT version, valid_from, lead(valid_from, 1, 'infinity') OVER (ORDER BY valid_from) AS valid_to
    FROM unnest(%(terms)s::text[], %(terms_from)s::timestamptz[]) AS t (version, valid_from)
)
SELECT 'contract ' || number || ': under ' || terms_version || ', and under ' || version || ' it was ' || what
FROM contracts CROSS JOIN LATERAL (VALUES ('signed by the expert', signed_by_expert_at),
    ('signed by the company', signed_by_sme_at), ('concluded', concluded_at)) AS t (what, at)
JOIN versions ON at >= valid_from AND at < valid_to
WHERE terms_version <> version
