"""Searches as files: the rows of every search as CSV and XLSX, for spreadsheets (``/v1/manifests.csv``, ``.xlsx``, or by ``Accept``)."""
