"""Where the money went: the Usage tab."""
