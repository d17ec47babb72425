"""Answers: each file is one question, a pure function over the projection."""
