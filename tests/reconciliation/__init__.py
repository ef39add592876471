"""Months of random histories against an oracle that knows the law and the bodies of acts, and none of the code that draws statements."""
