-- M12 无起运记录即接受 / lines received in the month of which nobody recorded a departure, by code: what keeps the mirror equation from holding.
SELECT period.month, lines.from_province, lines.to_province, lines.code,
  CAST(SUM(sign) AS BIGINT) AS line_count,
  CAST(SUM(sign * declared_g) AS BIGINT) AS declared_g
FROM lines JOIN period ON lines.from_province = period.from_province AND lines.to_province = period.to_province
WHERE lines.entry < period.size AND departed_s IS NULL AND received_s >= start_s AND received_s < end_s
GROUP BY period.month, lines.from_province, lines.to_province, lines.code
HAVING SUM(sign) <> 0
ORDER BY month, from_province, to_province, code
