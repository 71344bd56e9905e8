"""Formulae: a process of its own typesets them, the disk remembers them."""
