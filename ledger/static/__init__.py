"""The published log as files over HTTP."""
