-- M7 跨期 / lines that departed in one month and were received in another, one of them this month (law §6.1), by code: came from an earlier month,
-- went on into a later one.
SELECT period.month, lines.from_province, lines.to_province, lines.code,
  CASE WHEN departed_s >= start_s AND departed_s < end_s THEN 'received_later' ELSE 'departed_earlier' END AS kind,
  CAST(SUM(sign) AS BIGINT) AS line_count,
  CAST(SUM(sign * declared_g) AS BIGINT) AS declared_g
FROM lines JOIN period ON lines.from_province = period.from_province AND lines.to_province = period.to_province
WHERE lines.entry < period.size AND departed_s IS NOT NULL AND received_s IS NOT NULL
  AND (departed_s >= start_s AND departed_s < end_s) <> (received_s >= start_s AND received_s < end_s)
GROUP BY period.month, lines.from_province, lines.to_province, lines.code,
  CASE WHEN departed_s >= start_s AND departed_s < end_s THEN 'received_later' ELSE 'departed_earlier' END
HAVING SUM(sign) <> 0
ORDER BY month, from_province, to_province, code, kind
