"""Blogs and other sites with a feed (RSS, Atom, JSON Feed). They have no sign-in and no relationships."""
