"""Formats: each file reads one, or a family described by mappings, into statements."""
