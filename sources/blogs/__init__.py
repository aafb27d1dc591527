"""Blogs and other sites with a feed: RSS, Atom and JSON Feed in, posts out. No sign-in, no relationships."""
