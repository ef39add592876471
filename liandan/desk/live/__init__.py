"""What changes appears: a stream of server-sent events from the feed, for whoever has a page of the desk open."""
