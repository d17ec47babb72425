"""Map files from the other side: how they are written, and how a part of one is changed."""
