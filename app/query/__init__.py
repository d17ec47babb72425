"""What is the query page made of? What its address asks, the answers that are kept, and how they are told and drawn."""
