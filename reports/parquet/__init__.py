"""Rows of a log for other engines (列式数据): Parquet files by table and month of admission, and the month's definitions as SQL over them.

``postings`` says which rows an entry brings about, ``writing`` puts them into files, ``contents`` lists and checks these, ``definitions`` holds
the SQL text that DuckDB and Spark share, ``engines`` asks it, ``totals`` makes the answer (docs/scale.md).
"""
