"""What of a month is out of order: how much it weighs, whose it is and by when, and the sentence that says so."""
