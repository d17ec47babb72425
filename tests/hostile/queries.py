"""Which queries try to hurt? Each with what it is told; "" where it answers.

The limits of those who ask them are small (see ``LIMITS``): each ends soon, whatever the machine.
"""

from __future__ import annotations

from graph.store import Limits

LIMITS = Limits(seconds=3, memory=300_000_000)
SLOW = r"took longer than 3 seconds|MB of memory and was stopped"
DEEP = "nests brackets deeper than 50"
MANY = "more than 200 patterns, path steps and UNIONs"
OUT = "calls another server"
CHANGE = "would change the map"
HERE = "is no graph of this map, and nothing is fetched"
ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
DOUBLED = "BIND('xxxxxxxxxx' AS ?t0) " + " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(40))

QUERIES: dict[str, tuple[str, str]] = {
    # Deep and long: what grows the stack or the time of planning
    "10,000 braces": ("SELECT * { " + "{" * 10_000 + "}" * 10_000 + " }", DEEP),
    "10,000 parentheses": ("SELECT * { FILTER(" + "(" * 10_000 + "1" + ")" * 10_000 + ") }", DEEP),
    "10,000 blank nodes": ("SELECT * { ?s ?p " + "[ ?p " * 10_000 + "1" + "]" * 10_000 + " }", DEEP),
    "10,000 sub-selects": ("SELECT * { " + "{ SELECT * { " * 10_000 + "} } " * 10_000 + "}", DEEP),
    "10,000 brackets that never close": ("SELECT * { " + "{" * 10_000, DEEP),
    "10,000 exclamation marks": ("SELECT * { FILTER(" + "!" * 10_000 + "true) }", "repeats '!' more than 50 times"),
    "10,000 minus signs": ("SELECT (" + "- " * 10_000 + "1 AS ?x) {}", "repeats '-' more than 50 times"),
    "10,000 UNIONs": ("SELECT * { " + " UNION ".join(["{ ?s ?p ?o }"] * 10_000) + " }", MANY),
    "10,000 OPTIONALs": ("SELECT * { " + "OPTIONAL { ?s ?p ?o . } " * 8_000 + "}", MANY),
    "a path of 1,000 steps": ("SELECT * { ?s " + "/".join(["rdfs:label"] * 1_000) + " ?o }", MANY),
    "a path of 1,000 ways": ("SELECT * { ?s " + "|".join(["rdfs:label"] * 1_000) + " ?o }", MANY),
    "a path of 190 steps": ("SELECT * { ?s " + "/".join(["rdfs:label"] * 190) + " ?o }", ""),
    "a path of 190 stars": ("SELECT * { ?s " + "/".join(["rdfs:label*"] * 190) + " ?o } LIMIT 1", SLOW + "|^$"),
    "50 triple terms": ("SELECT * { " + "<<( ?s ?p " * 45 + "?o" + " )>>" * 45 + " ?p ?o }", "not SPARQL|^$"),
    "40,000 pluses": ("ASK { FILTER(" + "1+" * 40_000 + "1) }", "made the engine stop|MB of memory|^$"),
    "20,000 conditions": ("ASK { FILTER(" + "1=1&&" * 20_000 + "true) }", "made the engine stop|MB of memory|took longer|^$"),
    "10,000 columns": ("SELECT " + " ".join(f"?c{n}" for n in range(10_000)) + " { ?s ?p ?o }", "asks for 10,000 columns, at most 200"),
    "10,000 stars of columns": ("SELECT * { ?s ?p ?o VALUES (" + " ".join(f"?c{n}" for n in range(10_000)) + ") {} }", "asks for 10,003 columns|^$"),
    "20,000 rows of VALUES": ("SELECT * { VALUES ?x { " + "1 " * 90_000 + "} }", "cut"),
    "100,000 rows of VALUES": ("SELECT * { VALUES ?x { " + "'a' " * 100_000 + "} }", "longer than 200,000 bytes"),
    "10 MB": ("SELECT * { ?s ?p '" + "x" * 10_000_000 + "' }", "longer than 200,000 bytes"),
    "190 patterns": ("SELECT * { " + " . ".join(f"?s{n} ?p ?s{n + 1}" for n in range(150)) + " }", SLOW + "|^$"),
    # More than there is time or room for
    "a cross product": (f"SELECT * {{ {ALL} }}", "cut"),
    "a count of a cross product": (f"SELECT (COUNT(*) AS ?n) {{ {ALL} . ?j ?k ?l }}", SLOW),
    "a distinct count of one": (f"SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?c), STR(?d), STR(?f))) AS ?n) {{ {ALL} }}", SLOW),
    "everything, sorted": (f"SELECT * {{ {ALL} }} ORDER BY ?a ?c ?f ?i", SLOW),
    "everything, distinct": (f"SELECT DISTINCT ?a ?d ?g {{ {ALL} }} ORDER BY ?a", SLOW),
    "everything, grouped": (f"SELECT ?a ?d ?g (COUNT(*) AS ?n) {{ {ALL} }} GROUP BY ?a ?d ?g", SLOW),
    "everything, joined to a text": (f"SELECT (GROUP_CONCAT(?c) AS ?x) {{ {ALL} }}", SLOW),
    "everything, built": (f"CONSTRUCT {{ ?a ?e ?i }} {{ {ALL} }}", "cut|" + SLOW),
    "everything, described": ("DESCRIBE * { ?s ?p ?o }", "cut|^$"),
    "everything to everything": ("SELECT * { ?a (!<x:x>|^!<x:x>)* ?b . ?c (!<x:x>|^!<x:x>)* ?d }", "cut|" + SLOW),
    "every path, counted": ("SELECT (COUNT(*) AS ?n) { ?a (!<x:x>|^!<x:x>)* ?b . ?c (!<x:x>|^!<x:x>)* ?d }", SLOW),
    "a text that doubles": (f"SELECT ?t40 {{ {DOUBLED} }}", "MB of memory|took longer|engine stop"),
    "a text that doubles in every row": (f"SELECT * {{ ?s ?p ?o {DOUBLED.replace('?t40', '?x').partition('BIND(CONCAT(?t17')[0]} }}", "cut|" + SLOW),
    "a text replaced by itself": ("SELECT ?x { BIND(REPLACE(REPLACE(REPLACE('" + "a" * 9_000 + "', 'a', '" + "a" * 9_000 + "'), 'a', 'aaaaaaaaaa'), 'a', 'aaaaaaaaaa') AS ?x) }", "MB of memory|took longer|engine stop"),
    "a pattern that backtracks": ("SELECT * { BIND('" + "a" * 40 + "!' AS ?t) FILTER REGEX(?t, '^(a+)+$') }", ""),
    "a pattern as large as can be": ("SELECT * { ?s ?p ?o FILTER REGEX(STR(?o), '((((a{100}){100}){100}){100}){100}') }", "^$|MB of memory|took longer"),
    "a large number": ("SELECT (" + "*".join(["9" * 300] * 50) + " AS ?x) {}", ""),
    "a zero below": ("SELECT (1/0 AS ?x) (1e308*1e308 AS ?y) {}", ""),
    "a sum over a product": (f"SELECT (SUM(?x) AS ?n) {{ {ALL} BIND(STRLEN(CONCAT(STR(?a), STR(?f))) AS ?x) }}", SLOW),
    "EXISTS in everything": ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER EXISTS { ?c ?e ?x . ?y ?b ?z FILTER(STR(?x) > STR(?y)) } }", SLOW),
    "MINUS of everything": (f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f MINUS {{ {ALL} }} }}", SLOW),
    # Out of the map
    "another server": ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", OUT),
    "another server, silently": ("SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }", OUT),
    "another server in escapes": ("SELECT * { \\u0053ERV\\u0049CE <http://127.0.0.1:9/> { ?s ?p ?o } }", OUT + "|not SPARQL"),
    "another server behind a comment": ("# don't \r SELECT * { SERVICE#>\n<http://127.0.0.1:9/> { ?s ?p ?o } } # '", OUT),
    "another server behind a name": ("PREFIX a: <http://x/> SELECT * { ?s a a:.SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } }", OUT),
    "another server in another": ("SELECT * { SERVICE <http://127.0.0.1:9/> { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } }", OUT),
    "another server from the data": ("SELECT * { ?s ?p ?u SERVICE ?u { ?x ?y ?z } }", OUT),
    "another server in EXISTS": ("ASK { FILTER NOT EXISTS { GRAPH ?g { SERVICE <http://127.0.0.1:9/> {} } } }", OUT),
    "a file as graph": ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", HERE),
    "a file as named graph": ("SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }", HERE),
    "an address as graph": ("SELECT * FROM <http://127.0.0.1:9/x.ttl> { ?s ?p ?o }", HERE),
    "LOAD": ("LOAD <http://127.0.0.1:9/x.ttl>", CHANGE),
    "LOAD of a file": ("PREFIX a: <http://x/> LOAD SILENT <file:///etc/passwd> INTO GRAPH <http://x/>", CHANGE),
    "INSERT": ("INSERT DATA { <http://x/a> <http://x/b> <http://x/c> }", CHANGE),
    "INSERT behind a SELECT": ("SELECT * { ?s ?p ?o } ; INSERT DATA { <http://x/a> <http://x/b> <http://x/c> }", "not SPARQL"),
    "CLEAR": ("CLEAR ALL", CHANGE),
    "DROP in escapes": ("DR\\u004FP ALL", CHANGE + "|not SPARQL"),
    # No text
    "NUL": ("SELECT * { ?s ?p '\0' }", "NUL character"),
    "half a character": ("SELECT * { ?s ?p '\ud800' }", "half a character"),
    "half a character in escapes": ("SELECT * { ?s ?p '\\uD800' }", "not SPARQL"),
    "a mark that turns words round": ("SELECT ('\u202Eevil' AS ?x) {}", ""),
    "nothing": ("", "not SPARQL"),
    "a page": ("<html><script>alert(1)</script>", "not SPARQL"),
}  # fmt: skip
