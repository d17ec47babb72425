# title: 'sm:placement-private' is called 'sm:placement-private-cloud'
# why: 'private' left open what is private
PREFIX sm: <https://w3id.org/servicemap#>

DELETE { ?decision ?says sm:placement-private }
INSERT { ?decision ?says sm:placement-private-cloud }
WHERE { ?decision ?says sm:placement-private } ;

DELETE { GRAPH ?graph { ?decision ?says sm:placement-private } }
INSERT { GRAPH ?graph { ?decision ?says sm:placement-private-cloud } }
WHERE { GRAPH ?graph { ?decision ?says sm:placement-private } }
