"""What is the page of a change made of? What its address asks, the answer, and how it looks."""
