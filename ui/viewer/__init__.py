"""One picture, large: looked at, compared with what it was, cut, covered, saved."""
