"""Markdown, from source to the pieces that the view draws, and while it is still growing."""
