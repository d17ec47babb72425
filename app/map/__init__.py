"""What the map page is made of: what an address means, and the parts around the canvas."""
