"""Excerpts (摘录): one decision, one list, as the log stood at a checkpoint."""
