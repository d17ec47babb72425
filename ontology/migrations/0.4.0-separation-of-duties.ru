# title: 'sm:SeparationRule' is called 'sm:SeparationOfDuties'
# why: the trade and map files say separation of duties
PREFIX sm: <https://w3id.org/servicemap#>

DELETE { ?rule a sm:SeparationRule }
INSERT { ?rule a sm:SeparationOfDuties }
WHERE { ?rule a sm:SeparationRule } ;

DELETE { GRAPH ?graph { ?rule a sm:SeparationRule } }
INSERT { GRAPH ?graph { ?rule a sm:SeparationOfDuties } }
WHERE { GRAPH ?graph { ?rule a sm:SeparationRule } }
