# title: 'sm:replacesCertificate' is called 'sm:certificateFor'
# why: a certificate vouches for something, it replaces nothing
PREFIX sm: <https://w3id.org/servicemap#>

DELETE { ?certificate sm:replacesCertificate ?named }
INSERT { ?certificate sm:certificateFor ?named }
WHERE { ?certificate sm:replacesCertificate ?named } ;

DELETE { GRAPH ?graph { ?certificate sm:replacesCertificate ?named } }
INSERT { GRAPH ?graph { ?certificate sm:certificateFor ?named } }
WHERE { GRAPH ?graph { ?certificate sm:replacesCertificate ?named } }
