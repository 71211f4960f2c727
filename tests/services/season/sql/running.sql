SELECT k.id, k.number, e.person_id FROM contracts k JOIN experts e ON e.id = k.expert_id
WHERE k.state IN ('concluded', 'terminated', 'ended') ORDER BY k.id
