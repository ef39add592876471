-- M9 额度 / quota accounts over the month (law §6.1), in grams: opening, what was booked in each column, closing, and what of the closing is held by
-- manifests under way. Movements belong to the month of their admission. Accounts of the direction's lists and decisions, and of the sites on
-- whose yearly scale the direction ever drew (whose grams are those of all directions). What an account may hold is law, not arithmetic: the
-- monthly statement says it.
WITH ours AS (
  SELECT DISTINCT period.month, period.from_province, period.to_province, period.start_s, period.end_s, period.size, moves.account, moves.layer
  FROM moves JOIN period ON moves.from_province = period.from_province AND moves.to_province = period.to_province
  WHERE moves.entry < period.size
)
SELECT ours.month, ours.from_province, ours.to_province, ours.layer, ours.account,
  CAST(SUM(CASE WHEN moves.book <> 'held' AND moves.at_s < ours.start_s THEN grams ELSE 0 END) AS BIGINT) AS opening_g,
  CAST(SUM(CASE WHEN moves.book = 'decided' AND moves.at_s >= ours.start_s THEN grams ELSE 0 END) AS BIGINT) AS decided_g,
  CAST(SUM(CASE WHEN moves.book = 'reserved' AND moves.at_s >= ours.start_s THEN grams ELSE 0 END) AS BIGINT) AS reserved_g,
  CAST(SUM(CASE WHEN moves.book = 'settled' AND moves.at_s >= ours.start_s THEN grams ELSE 0 END) AS BIGINT) AS settled_g,
  CAST(SUM(CASE WHEN moves.book = 'corrected' AND moves.at_s >= ours.start_s THEN grams ELSE 0 END) AS BIGINT) AS corrected_g,
  CAST(SUM(CASE WHEN moves.book = 'released' AND moves.at_s >= ours.start_s THEN grams ELSE 0 END) AS BIGINT) AS released_g,
  CAST(SUM(CASE WHEN moves.book = 'outside' AND moves.at_s >= ours.start_s THEN grams ELSE 0 END) AS BIGINT) AS outside_g,
  CAST(SUM(CASE WHEN moves.book <> 'held' THEN grams ELSE 0 END) AS BIGINT) AS closing_g,
  CAST(SUM(CASE WHEN moves.book = 'held' THEN grams ELSE 0 END) AS BIGINT) AS held_g
FROM ours JOIN moves ON moves.account = ours.account
WHERE moves.entry < ours.size AND moves.at_s < ours.end_s
GROUP BY ours.month, ours.from_province, ours.to_province, ours.layer, ours.account
HAVING SUM(CASE WHEN moves.book <> 'held' THEN 1 ELSE 0 END) > 0
ORDER BY month, from_province, to_province, layer, account
