"""What is the sources page made of? What its address means, its tables, and the check of a file."""
