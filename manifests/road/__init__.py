"""What an inspector asks on the road: a plate, a number, a firm, a site or a label, and what stands on the log about it now."""
