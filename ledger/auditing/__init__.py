"""The parts of the audit: reading in parallel, memory with a bound, the tree, the checkpoints, kept states, evidence against evidence."""
