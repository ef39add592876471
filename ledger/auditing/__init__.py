"""Auditing: everything an export, a database or a live log claims is computed again and compared, in parallel, in bounded memory."""
