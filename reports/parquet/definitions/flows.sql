-- 流向 / flows between prefectures (the first four digits of a division, GB/T 2260), by code: lines and grams that departed in the month, and what
-- of whatever departure was accepted in it.
SELECT month, from_province, to_province, origin, destination, code, CAST(SUM(has_departed * n) AS BIGINT) AS departed_lines,
  CAST(SUM(has_departed * declared_g) AS BIGINT) AS departed_g, CAST(SUM(was_received * n) AS BIGINT) AS received_lines,
  CAST(SUM(was_received * accepted_g) AS BIGINT) AS accepted_g
FROM month_lines
WHERE has_departed + was_received > 0
GROUP BY month, from_province, to_province, origin, destination, code
HAVING SUM(n) <> 0
ORDER BY month, from_province, to_province, origin, destination, code
