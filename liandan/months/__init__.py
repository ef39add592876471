"""月结任务: the job that closes months by itself, and how an authority recomputes a close before it signs. What is signed stands in ``reports.periods``."""
