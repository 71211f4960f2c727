SELECT action || ' of ' || subject || ' ' || subject_id || ': nobody did it' FROM audit
WHERE actor IS NULL AND NOT (
    action IN ('expired', 'not answered', 'cap changed', 'told')
    OR (action IN ('ended', 'reopened', 'closed', 'honorarium reserved to free') AND reason = 'contract expired')
    OR (action = 'reopened' AND reason = 'agreement void') OR reason = 'phase I, as declared'
    OR (action = 'review withdrawn'))
UNION ALL
SELECT action || ' of ' || subject || ' ' || subject_id || ': without a reason' FROM audit
WHERE (action ~ '^(honorarium|travel) ' OR action = 'balance carried over') AND coalesce(reason, '') = ''
UNION ALL
SELECT action || ' of ' || subject || ' ' || subject_id || ': at ' || at || ', which is to come' FROM audit
WHERE at > %(now)s
