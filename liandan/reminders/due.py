"""What is due of a party, as the job tells it; from the projections, a page at a time."""
