-- M7 跨期 / lines that departed in one month and were received in another, one of them this month (law §6.1), by code: came from an earlier month,
-- went on into a later one.
SELECT month, from_province, to_province, code, CASE WHEN has_departed = 1 THEN 'received_later' ELSE 'departed_earlier' END AS kind,
  CAST(SUM(n) AS BIGINT) AS line_count, CAST(SUM(declared_g) AS BIGINT) AS declared_g
FROM month_lines
WHERE ever_departed = 1 AND ever_received = 1 AND has_departed <> was_received
GROUP BY month, from_province, to_province, code, CASE WHEN has_departed = 1 THEN 'received_later' ELSE 'departed_earlier' END
HAVING SUM(n) <> 0
ORDER BY month, from_province, to_province, code, kind
