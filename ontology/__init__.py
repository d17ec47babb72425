"""What the words mean: the vocabulary, its code lists, shapes, rules and checks."""
