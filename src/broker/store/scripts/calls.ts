/**
 * How calls are remembered and forgotten, in the SQL of every engine. A row without a key says until when calls have been
 * forgotten: when the clock goes back, one from before that could have been made already, and is refused.
 */

export const CLAIM = `
  INSERT INTO calls (kid, jti, until)
  SELECT CAST(?1 AS text), CAST(?2 AS text), CAST(?3 AS bigint)
  WHERE NOT EXISTS (SELECT 1 FROM calls WHERE kid = '' AND jti = '' AND until >= CAST(?3 AS bigint))
  ON CONFLICT DO NOTHING`;

/** Whether there is something to forget. */
export const DUE = `
  SELECT CASE WHEN EXISTS (SELECT 1 FROM calls WHERE until < ?1 AND kid <> '')
    OR EXISTS (SELECT 1 FROM codes WHERE expires < ?1) THEN 1 ELSE 0 END AS due`;

/** Before anything is forgotten: until when, by the latest that is. */
export const MARK = `
  INSERT INTO calls (kid, jti, until)
  SELECT '', '', max(until) FROM calls WHERE until < ?1 AND kid <> '' HAVING max(until) IS NOT NULL
  ON CONFLICT (kid, jti) DO UPDATE SET until = CASE WHEN excluded.until > calls.until THEN excluded.until ELSE calls.until END`;
