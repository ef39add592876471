-- 镜像等式 / the mirror equation (R-93, law §6.1 M12), per month, direction and code, in grams of what was declared:
-- opening + adjusted (departed - accepted - refused - difference) + departed = accepted + refused + difference + closing; unequal is left less
-- right, anything but 0 an alert H. Opening is what was under way at the month's first moment as the lines stood at the close of the month before,
-- where there is one, else as they stand. Waiting (issued, not departed at the end), voided and declined stand outside the equation.
WITH parts AS (
  SELECT month, from_province, to_province, code,
    SUM(n) AS line_count, SUM(was_opened * n) AS opened, SUM(was_opened * declared_g) AS opening_g,
    0 AS adjustments, 0 AS adjusted_departed_g, 0 AS adjusted_accepted_g, 0 AS adjusted_refused_g, 0 AS adjusted_difference_g,
    SUM(has_departed * declared_g) AS departed_g, SUM(was_received * accepted_g) AS accepted_g, SUM(was_received * refused_g) AS refused_g,
    SUM(was_received * difference_g) AS difference_g, SUM(is_closing * declared_g) AS closing_g, SUM(is_waiting * declared_g) AS waiting_g,
    SUM(was_voided * declared_g) AS voided_g, SUM(was_declined * declared_g) AS declined_g
  FROM month_lines
  GROUP BY month, from_province, to_province, code
  UNION ALL
  SELECT month, from_province, to_province, code, 0, 0, 0, COUNT(*), SUM(departed_g), SUM(accepted_g), SUM(refused_g), SUM(difference_g),
    0, 0, 0, 0, 0, 0, 0, 0
  FROM adjustments
  GROUP BY month, from_province, to_province, code
), summed AS (
  SELECT month, from_province, to_province, code, CAST(SUM(line_count) AS BIGINT) AS line_count, CAST(SUM(opening_g) AS BIGINT) AS opening_g,
    CAST(SUM(adjusted_departed_g) AS BIGINT) AS adjusted_departed_g, CAST(SUM(adjusted_accepted_g) AS BIGINT) AS adjusted_accepted_g,
    CAST(SUM(adjusted_refused_g) AS BIGINT) AS adjusted_refused_g, CAST(SUM(adjusted_difference_g) AS BIGINT) AS adjusted_difference_g,
    CAST(SUM(departed_g) AS BIGINT) AS departed_g, CAST(SUM(accepted_g) AS BIGINT) AS accepted_g, CAST(SUM(refused_g) AS BIGINT) AS refused_g,
    CAST(SUM(difference_g) AS BIGINT) AS difference_g, CAST(SUM(closing_g) AS BIGINT) AS closing_g, CAST(SUM(waiting_g) AS BIGINT) AS waiting_g,
    CAST(SUM(voided_g) AS BIGINT) AS voided_g, CAST(SUM(declined_g) AS BIGINT) AS declined_g,
    SUM(opened) AS opened, SUM(adjustments) AS adjustments
  FROM parts
  GROUP BY month, from_province, to_province, code
)
SELECT month, from_province, to_province, code, line_count, opening_g, adjusted_departed_g, adjusted_accepted_g, adjusted_refused_g,
  adjusted_difference_g, departed_g, accepted_g, refused_g, difference_g, closing_g,
  opening_g + adjusted_departed_g - adjusted_accepted_g - adjusted_refused_g - adjusted_difference_g + departed_g - accepted_g - refused_g
    - difference_g - closing_g AS unequal_g,
  waiting_g, voided_g, declined_g
FROM summed
WHERE line_count <> 0 OR opened <> 0 OR adjustments <> 0
ORDER BY month, from_province, to_province, code
