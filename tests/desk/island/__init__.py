"""What signs in the browser."""
