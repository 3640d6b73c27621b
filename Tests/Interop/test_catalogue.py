"""`scope export --format dcat`: both notations are one graph, and it has what DCAT-AP-NO demands of data services."""

import pathlib

import pytest
from pyshacl import validate
from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef
from rdflib.compare import isomorphic

import world as demo

# Our own shapes for the properties that DCAT-AP-NO 2.2 demands of catalogues and data services, as far as a store knows them.
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix : <urn:shapes:> .

:Service a sh:NodeShape ; sh:targetClass dcat:DataService ; sh:nodeKind sh:IRI ;
    sh:property [ sh:path dct:identifier ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:Literal ] ;
    sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:datatype rdf:langString ; sh:uniqueLang true ] ;
    sh:property [ sh:path dct:description ; sh:minCount 1 ; sh:datatype rdf:langString ; sh:uniqueLang true ] ;
    sh:property [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ;
        sh:pattern "^https://data\\\\.brreg\\\\.no/enhetsregisteret/api/enheter/[0-9]{9}$" ] ;
    sh:property [ sh:path dct:accessRights ; sh:minCount 1 ; sh:maxCount 1 ; sh:in (
        <http://publications.europa.eu/resource/authority/access-right/PUBLIC>
        <http://publications.europa.eu/resource/authority/access-right/RESTRICTED> ) ] ;
    sh:property [ sh:path dcat:endpointURL ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path dct:license ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path dcat:contactPoint ; sh:minCount 1 ; sh:class vcard:Organization ;
        sh:property [ sh:path vcard:hasEmail ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ] .

:Catalogue a sh:NodeShape ; sh:targetClass dcat:Catalog ; sh:nodeKind sh:IRI ;
    sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:datatype rdf:langString ; sh:uniqueLang true ] ;
    sh:property [ sh:path dct:description ; sh:minCount 1 ; sh:datatype rdf:langString ; sh:uniqueLang true ] ;
    sh:property [ sh:path dcat:service ; sh:minCount 1 ; sh:class dcat:DataService ] .
"""

KNOWN = ("--contact", "api@example.no", "--license", "https://data.norge.no/nlod/no/2.0")


@pytest.fixture(scope="module")
def made():
    with demo.scratch() as folder:
        yield demo.World(pathlib.Path(folder) / "data").make()


def graph(world, form, *options):
    text = world.on_data("scope", "export", "--format", form, *options).stdout
    return Graph().parse(data=text, format={"dcat": "turtle", "dcat-jsonld": "json-ld"}[form])


def test_both_notations_are_one_graph(made):
    # Texts with all that the notations have marks for.
    made.on_data("prefix", "assign", "nasty", made.client_by("registered_key").organisation)
    made.on_data(
        "scope", "create", "nasty:a/b+c", "--description", 'Les "alt" \\ <her> æøå 😀', "--long-description", "en\n\tto\n'tre'",
        "--audience", "https://api.example.no/x?a=1&b=%20",
    )
    turtle, json_ld = graph(made, "dcat", *KNOWN), graph(made, "dcat-jsonld", *KNOWN)
    assert len(turtle) > 50
    assert isomorphic(turtle, json_ld)
    titles = {str(title) for title in turtle.objects(None, DCTERMS.title)}
    assert 'Les "alt" \\ <her> æøå 😀' in titles
    assert "en\n\tto\n'tre'" in {str(text) for text in turtle.objects(None, DCTERMS.description)}


def test_the_graph_has_what_must_be_there(made):
    found = graph(made, "dcat", *KNOWN)
    shapes = Graph().parse(data=SHAPES, format="turtle")
    conforms, _, text = validate(found, shacl_graph=shapes)
    assert conforms, text
    # The shapes do find what is missing.
    service = next(found.subjects(RDF.type, DCAT.DataService))
    found.remove((service, DCTERMS.publisher, None))
    assert not validate(found, shacl_graph=shapes)[0]


def test_only_public_active_scopes_are_described(made):
    listed = made.json("scope", "list", "--inactive")["items"]
    wanted = {s["scope"] for s in listed if s["visibility"] == "PUBLIC" and s["state"] == "active"}
    found = graph(made, "dcat")
    assert {str(name) for name in found.objects(None, DCTERMS.identifier)} == wanted
    services = set(found.subjects(RDF.type, DCAT.DataService))
    catalogue = URIRef(made.issuer + "scopes")
    assert set(found.objects(catalogue, DCAT.service)) == services
