-- M4 重量差异 / lines received in the month that came heavier or lighter than declared or sent, by code and by the level at which the receipt was
-- judged (R-62: M, H; empty within the tolerance). Sent is what was weighed at loading, else declared; came is accepted and refused together.
SELECT period.month, lines.from_province, lines.to_province, lines.code, lines.level,
  CAST(SUM(sign) AS BIGINT) AS line_count,
  CAST(SUM(sign * declared_g) AS BIGINT) AS declared_g,
  CAST(SUM(sign * COALESCE(loaded_g, declared_g)) AS BIGINT) AS sent_g,
  CAST(SUM(sign * (COALESCE(accepted_g, 0) + COALESCE(refused_g, 0))) AS BIGINT) AS came_g,
  CAST(SUM(sign * COALESCE(declared_g - accepted_g - refused_g, 0)) AS BIGINT) AS difference_g
FROM lines JOIN period ON lines.from_province = period.from_province AND lines.to_province = period.to_province
WHERE lines.entry < period.size AND received_s >= start_s AND received_s < end_s
  AND (declared_g <> accepted_g + refused_g OR COALESCE(loaded_g, declared_g) <> declared_g)
GROUP BY period.month, lines.from_province, lines.to_province, lines.code, lines.level
HAVING SUM(sign) <> 0
ORDER BY month, from_province, to_province, code, level
