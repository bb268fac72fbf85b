-- What two databases must have in common to be the same: counts, the ranking, the audit's and the log's last word.
SELECT json_build_object(
  'people', (SELECT count(*) FROM lantoa_person),
  'contestants', (SELECT count(*) FROM lantoa_contestant),
  'attempts', (SELECT count(*) FROM lantoa_attempt WHERE submitted_at IS NOT NULL),
  'movements', (SELECT count(*) FROM lantoa_movement),
  'audit', (SELECT count(*) FROM lantoa_auditentry),
  'ranking', (SELECT md5(coalesce(string_agg(concat_ws(' ', contestant_id, missed, ms, submitted_at), E'\n'
              ORDER BY missed, ms, submitted_at, contestant_id), '')) FROM lantoa_best),
  'attempts md5', (SELECT md5(coalesce(string_agg(concat_ws(' ', contestant_id, number, correct, answers::text), E'\n'
              ORDER BY contestant_id, number), '')) FROM lantoa_attempt WHERE submitted_at IS NOT NULL),
  'log', (SELECT md5(coalesce(string_agg(encode(leaf, 'hex'), '' ORDER BY id), '')) FROM lantoa_entry),
  'head', (SELECT coalesce(max(size), 0) FROM lantoa_head)
)
