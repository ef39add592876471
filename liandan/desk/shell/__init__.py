"""What every page of the desk has: frame, session, policy, files, language, faces."""
