"""What is known, and what follows: from files to named graphs, from graphs to answers."""
