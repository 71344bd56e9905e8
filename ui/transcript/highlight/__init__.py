"""Colours of code: what a stretch of a line is, by a grammar where there is one, else by a lexer."""
