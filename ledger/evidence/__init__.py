"""The evidence store: files that statements name by their SHA-256, kept beside the log, shown to those who may read such an entry."""
