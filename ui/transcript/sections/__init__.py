"""Content blocks on screen: which units each is made of, and how it grows."""
