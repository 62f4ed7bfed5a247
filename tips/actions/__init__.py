"""Verbs: the only code that writes."""
