SELECT coalesce(bool_and(NOT open) AND count(*) = %(parts)s, false) FROM (
    SELECT DISTINCT ON (code) code, open FROM switch_changes WHERE state = 'in_force'
    ORDER BY code, confirmed_at DESC, id DESC) AS standing
