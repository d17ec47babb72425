"""Forms: each file writes an answer in one format."""
