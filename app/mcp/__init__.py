"""How do assistants ask the map? By the Model Context Protocol, over standard input and output, or over HTTP."""
