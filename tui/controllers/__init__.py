"""What the keys do on a screen with a timeline, each part in a class of its own."""
