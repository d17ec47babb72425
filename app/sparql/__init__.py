"""The map for programs: the SPARQL 1.1 Protocol, the Graph Store Protocol, and who may use them."""
