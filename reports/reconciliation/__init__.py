"""The monthly statement of one direction: both provinces recompute it from the log, byte for byte."""
