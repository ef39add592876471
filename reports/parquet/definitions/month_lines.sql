-- 本月各行 / lines that concern a month: to which something happened in it (issued, departed, received, voided, declined: acts belong to the month of
-- their own time), or which were under way or waiting at one of its ends; counted and summed by what the other definitions ask. This is the one
-- pass over the rows of the log; the others ask it by its name. Counts are lines, masses grams; what has not come yet counts 0.
WITH seen AS (
  SELECT period.month, lines.from_province, lines.to_province, code, generator, receiver, SUBSTRING(origin, 1, 4) AS origin,
    SUBSTRING(destination, 1, 4) AS destination, level, sign, declared_g, COALESCE(loaded_g, declared_g) AS sent_g,
    COALESCE(accepted_g, 0) AS accepted_g, COALESCE(refused_g, 0) AS refused_g, COALESCE(declared_g - accepted_g - refused_g, 0) AS difference_g,
    CASE WHEN departed_s < start_s AND (received_s IS NULL OR received_s >= start_s) THEN 1 ELSE 0 END AS is_opening,
    -- What the month opens with stood so at the close of the month before, where there is one; else it is what stands.
    CASE WHEN departed_s < start_s AND (received_s IS NULL OR received_s >= start_s) AND entry < COALESCE(base_size, size) THEN 1 ELSE 0 END AS was_opened,
    CASE WHEN departed_s < end_s AND (received_s IS NULL OR received_s >= end_s) THEN 1 ELSE 0 END AS is_closing,
    CASE WHEN issued_s < end_s AND COALESCE(departed_s, end_s) >= end_s AND COALESCE(voided_s, end_s) >= end_s
      AND COALESCE(declined_s, end_s) >= end_s AND COALESCE(received_s, end_s) >= end_s THEN 1 ELSE 0 END AS is_waiting,
    CASE WHEN issued_s >= start_s AND issued_s < end_s THEN 1 ELSE 0 END AS was_issued,
    CASE WHEN departed_s >= start_s AND departed_s < end_s THEN 1 ELSE 0 END AS has_departed,
    CASE WHEN received_s >= start_s AND received_s < end_s THEN 1 ELSE 0 END AS was_received,
    CASE WHEN voided_s >= start_s AND voided_s < end_s THEN 1 ELSE 0 END AS was_voided,
    CASE WHEN declined_s >= start_s AND declined_s < end_s THEN 1 ELSE 0 END AS was_declined,
    CASE WHEN departed_s IS NULL THEN 0 ELSE 1 END AS ever_departed,
    CASE WHEN received_s IS NULL THEN 0 ELSE 1 END AS ever_received,
    CASE WHEN declared_g <> accepted_g + refused_g OR COALESCE(loaded_g, declared_g) <> declared_g THEN 1 ELSE 0 END AS differs,
    CASE WHEN departed_s < as_of_s THEN as_of_s - departed_s ELSE as_of_s - issued_s END AS age_s
  FROM lines JOIN period ON lines.from_province = period.from_province AND lines.to_province = period.to_province
  WHERE lines.entry < period.size
)
SELECT month, from_province, to_province, code, generator, receiver, origin, destination, level, is_opening, was_opened, is_closing, is_waiting,
  was_issued, has_departed, was_received, was_voided, was_declined, ever_departed, ever_received, differs,
  CASE WHEN is_closing + is_waiting = 0 THEN '' WHEN age_s < 86400 THEN '00-01' WHEN age_s < 3 * 86400 THEN '01-03' WHEN age_s < 7 * 86400 THEN '03-07'
    WHEN age_s < 15 * 86400 THEN '07-15' WHEN age_s < 30 * 86400 THEN '15-30' ELSE '30-' END AS age_days,
  CAST(SUM(sign) AS BIGINT) AS n, CAST(SUM(sign * declared_g) AS BIGINT) AS declared_g, CAST(SUM(sign * sent_g) AS BIGINT) AS sent_g,
  CAST(SUM(sign * accepted_g) AS BIGINT) AS accepted_g, CAST(SUM(sign * refused_g) AS BIGINT) AS refused_g,
  CAST(SUM(sign * difference_g) AS BIGINT) AS difference_g
FROM seen
WHERE is_opening + is_closing + is_waiting + was_issued + has_departed + was_received + was_voided + was_declined > 0
GROUP BY month, from_province, to_province, code, generator, receiver, origin, destination, level, is_opening, was_opened, is_closing, is_waiting,
  was_issued, has_departed, was_received, was_voided, was_declined, ever_departed, ever_received, differs,
  CASE WHEN is_closing + is_waiting = 0 THEN '' WHEN age_s < 86400 THEN '00-01' WHEN age_s < 3 * 86400 THEN '01-03' WHEN age_s < 7 * 86400 THEN '03-07'
    WHEN age_s < 15 * 86400 THEN '07-15' WHEN age_s < 30 * 86400 THEN '15-30' ELSE '30-' END
