"""What was gathered, kept between two statements under a seal, come back to at a closed size, and proved from the first entry."""
