"""What is the catalogue page made of? What its address means, and its table."""
