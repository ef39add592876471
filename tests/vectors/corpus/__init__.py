"""The frozen corpus, ``tests/vectors/liandan-v1/log/``: a small log with every kind, every stage and every route of this version.

Its statements are written by the independent writer of the vectors and stay the same bytes for ever; its admissions are the log's own.
``python -m tests.vectors.corpus`` (``make corpus``) makes it again; README.md beside the vectors says when that is allowed.
"""
