"""What the log says of months, gathered entry by entry into one map of pages: lines, stocks, firms, late acts, counts. Pure but for the pages."""
