# title: 'sm:requiresProcess' is called 'sm:doneInProcess'
# why: an activity does not need the process, it is done in it
PREFIX sm: <https://w3id.org/servicemap#>

DELETE { ?activity sm:requiresProcess ?process }
INSERT { ?activity sm:doneInProcess ?process }
WHERE { ?activity sm:requiresProcess ?process } ;

DELETE { GRAPH ?graph { ?activity sm:requiresProcess ?process } }
INSERT { GRAPH ?graph { ?activity sm:doneInProcess ?process } }
WHERE { GRAPH ?graph { ?activity sm:requiresProcess ?process } }
