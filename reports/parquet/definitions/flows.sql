-- 流向 / flows between prefectures (the first four digits of a division, GB/T 2260), by code: lines and grams that departed in the month, and what
-- of whatever departure was accepted in it.
SELECT period.month, lines.from_province, lines.to_province, SUBSTRING(origin, 1, 4) AS origin, SUBSTRING(destination, 1, 4) AS destination, lines.code,
  CAST(SUM(sign * CASE WHEN departed_s >= start_s AND departed_s < end_s THEN 1 ELSE 0 END) AS BIGINT) AS departed_lines,
  CAST(SUM(sign * CASE WHEN departed_s >= start_s AND departed_s < end_s THEN declared_g ELSE 0 END) AS BIGINT) AS departed_g,
  CAST(SUM(sign * CASE WHEN received_s >= start_s AND received_s < end_s THEN 1 ELSE 0 END) AS BIGINT) AS received_lines,
  CAST(SUM(sign * CASE WHEN received_s >= start_s AND received_s < end_s THEN COALESCE(accepted_g, 0) ELSE 0 END) AS BIGINT) AS accepted_g
FROM lines JOIN period ON lines.from_province = period.from_province AND lines.to_province = period.to_province
WHERE lines.entry < period.size AND ((departed_s >= start_s AND departed_s < end_s) OR (received_s >= start_s AND received_s < end_s))
GROUP BY period.month, lines.from_province, lines.to_province, SUBSTRING(origin, 1, 4), SUBSTRING(destination, 1, 4), lines.code
HAVING SUM(sign) <> 0
ORDER BY month, from_province, to_province, origin, destination, code
