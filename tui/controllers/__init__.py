"""Controllers: the commands of the keys on a screen with a timeline."""
