"""Commands: each file is one, named as people type it."""
