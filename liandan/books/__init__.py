"""The other side's books (台账): read by the intake of spreadsheets, kept beside the log, compared and made ready for signing (docs/books.md)."""
