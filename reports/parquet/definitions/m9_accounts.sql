-- M9 额度 / quota accounts over the month (law §6.1), in grams: opening, what was booked in each column, closing, and what of the closing is held by
-- manifests under way. Movements belong to the month of their admission. Accounts of the direction's lists and decisions, and of the sites on
-- whose yearly scale the direction ever drew (whose grams are those of all directions). What an account may hold is law, not arithmetic: the
-- monthly statement says it.
WITH months AS (
  SELECT DISTINCT month, start_s, end_s, size FROM period
), summed AS (
  SELECT months.month, moves.account, moves.layer, moves.from_province, moves.to_province,
    SUM(CASE WHEN at_s < start_s THEN grams ELSE 0 END) AS opening_g,
    SUM(CASE WHEN at_s >= start_s AND at_s < end_s AND book = 'decided' THEN grams ELSE 0 END) AS decided_g,
    SUM(CASE WHEN at_s >= start_s AND at_s < end_s AND book = 'reserved' THEN grams ELSE 0 END) AS reserved_g,
    SUM(CASE WHEN at_s >= start_s AND at_s < end_s AND book = 'settled' THEN grams ELSE 0 END) AS settled_g,
    SUM(CASE WHEN at_s >= start_s AND at_s < end_s AND book = 'corrected' THEN grams ELSE 0 END) AS corrected_g,
    SUM(CASE WHEN at_s >= start_s AND at_s < end_s AND book = 'released' THEN grams ELSE 0 END) AS released_g,
    SUM(CASE WHEN at_s >= start_s AND at_s < end_s AND book = 'outside' THEN grams ELSE 0 END) AS outside_g,
    SUM(CASE WHEN at_s < end_s THEN grams ELSE 0 END) AS closing_g,
    SUM(CASE WHEN at_s < end_s THEN held_g ELSE 0 END) AS held_g,
    SUM(CASE WHEN at_s < end_s AND book <> '' THEN 1 ELSE 0 END) AS bookings
  FROM moves CROSS JOIN months
  WHERE moves.entry < months.size
  GROUP BY months.month, moves.account, moves.layer, moves.from_province, moves.to_province
), ours AS (
  SELECT DISTINCT period.month, period.from_province, period.to_province, summed.account
  FROM summed JOIN period
    ON period.month = summed.month AND period.from_province = summed.from_province AND period.to_province = summed.to_province
)
SELECT ours.month, ours.from_province, ours.to_province, summed.layer, ours.account,
  CAST(SUM(opening_g) AS BIGINT) AS opening_g, CAST(SUM(decided_g) AS BIGINT) AS decided_g, CAST(SUM(reserved_g) AS BIGINT) AS reserved_g,
  CAST(SUM(settled_g) AS BIGINT) AS settled_g, CAST(SUM(corrected_g) AS BIGINT) AS corrected_g, CAST(SUM(released_g) AS BIGINT) AS released_g,
  CAST(SUM(outside_g) AS BIGINT) AS outside_g, CAST(SUM(closing_g) AS BIGINT) AS closing_g, CAST(SUM(held_g) AS BIGINT) AS held_g
FROM ours JOIN summed ON summed.month = ours.month AND summed.account = ours.account
GROUP BY ours.month, ours.from_province, ours.to_province, summed.layer, ours.account
HAVING SUM(bookings) > 0
ORDER BY month, from_province, to_province, layer, account
