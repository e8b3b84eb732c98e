"""Microsoft Presidio as a scrubber of Sheaf (docs/spec/scrubber.md).

Reads chats, one line of JSON each, and answers each with one line of spans. It uses Presidio's
pattern recognisers, which need no model; with --model NAME also what that spaCy model finds, such as
names. It needs no network: the list of top-level domains is the one that tldextract brings along.
"""

import argparse
import json
import os
import sys

# What Presidio calls a thing, and what Sheaf does. Other names become kinds of their own.
KINDS = {
    "AU_TFN": "tax-id-au",
    "CREDIT_CARD": "card",
    "CRYPTO": "wallet",
    "DE_ID_CARD": "national-id-de",
    "DE_PASSPORT": "passport",
    "DE_TAX_ID": "tax-id-de",
    "EMAIL_ADDRESS": "email",
    "ES_NIE": "national-id-es",
    "ES_NIF": "national-id-es",
    "ES_PASSPORT": "passport",
    "FI_PERSONAL_IDENTITY_CODE": "national-id-fi",
    "IBAN_CODE": "iban",
    "IN_AADHAAR": "national-id-in",
    "IN_PAN": "tax-id-in",
    "IN_PASSPORT": "passport",
    "IP_ADDRESS": "ip",
    "IT_FISCAL_CODE": "national-id-it",
    "IT_IDENTITY_CARD": "national-id-it",
    "IT_PASSPORT": "passport",
    "IT_VAT_CODE": "tax-id-it",
    "KR_PASSPORT": "passport",
    "KR_RRN": "national-id-kr",
    "MAC_ADDRESS": "mac",
    "NG_NIN": "national-id-ng",
    "PERSON": "person",
    "PHONE_NUMBER": "phone",
    "PL_PESEL": "national-id-pl",
    "SE_PERSONNUMMER": "national-id-se",
    "SG_NRIC_FIN": "national-id-sg",
    "TH_TNIN": "national-id-th",
    "UK_NHS": "national-id-gb",
    "UK_NINO": "national-id-gb",
    "UK_PASSPORT": "passport",
    "US_ITIN": "tax-id-us",
    "US_PASSPORT": "passport",
    "US_SSN": "national-id-us",
}
# What stands in nearly every chat and tells of nobody by itself: only with --entity.
LEFT_OUT = {"DATE_TIME", "URL"}
# The longest name of a kind.
KIND_MAX = 24

# The texts of a chat that people and tools write; what else is text in it are names of ours.
FIELDS = {"arguments", "comment", "json", "name", "output", "tags", "text", "title"}

MISSING = """{error} ({python})
Presidio is not installed in this Python. Make one that has it, and name it:
    python3 -m venv ~/presidio && ~/presidio/bin/pip install presidio-analyzer==2.2.366
    --scrubber presidio --scrubber-python ~/presidio/bin/python"""


def kind_of(entity):
    """A name of Presidio's as a kind of Sheaf's."""
    return KINDS.get(entity) or entity.lower().replace("_", "-")[:KIND_MAX].strip("-")


def texts(value, path="", field=""):
    """Every text of a chat that is looked at, with its path."""
    if isinstance(value, str):
        if field in FIELDS:
            yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts(item, f"{path}[{index}]", field)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, f"{path}.{key}" if path else key, key)


def pipeline(options):
    """The words of a text, and with a model what it names."""
    import spacy

    if options.model:
        words = spacy.load(options.model)
    else:
        words = spacy.blank(options.language)

        # Presidio compares the words around a find by their lemma, which a blank pipeline lacks.
        @spacy.language.Language.component("lower_case_as_lemma")
        def lower_case_as_lemma(doc):
            for token in doc:
                token.lemma_ = token.lower_
            return doc

        words.add_pipe("lower_case_as_lemma")
    # Sheaf sets the time that a chat may take.
    words.max_length = sys.maxsize
    return words


def analyzer(options):
    """What finds the entities of a text."""
    import tldextract

    # Its own list, and no look at a newer one on the network.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    engine = SpacyNlpEngine()
    engine.nlp = {options.language: pipeline(options)}
    registry = RecognizerRegistry(supported_languages=[options.language])
    registry.load_predefined_recognizers(languages=[options.language], nlp_engine=engine)
    analyzed = AnalyzerEngine(
        registry=registry, nlp_engine=engine, supported_languages=[options.language]
    )
    wanted = options.entity or [
        entity
        for entity in analyzed.get_supported_entities(options.language)
        if entity not in LEFT_OUT
    ]

    def spans(chat):
        for path, text in texts(chat):
            for found in analyzed.analyze(
                text, options.language, entities=wanted, score_threshold=options.threshold
            ):
                yield {
                    "at": path,
                    "start": found.start,
                    "end": found.end,
                    "kind": kind_of(found.entity_type),
                    "confidence": round(100 * min(1.0, found.score)),
                }

    return spans


def main():
    parser = argparse.ArgumentParser(prog="presidio", description=__doc__)
    parser.add_argument("--language", default="en", help="of the chats, as Presidio knows it")
    parser.add_argument("--model", help="a spaCy model that is installed, for names and places")
    parser.add_argument("--entity", action="append", help="only this one of Presidio's entities")
    parser.add_argument("--threshold", type=float, default=0.4, help="the score of a find, at least")
    options = parser.parse_args()
    # Answers alone go to standard output: what libraries print there goes to standard error.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        spans = analyzer(options)
    except ImportError as error:
        sys.exit(MISSING.format(error=error, python=sys.executable))
    for line in sys.stdin.buffer:
        answer = {"spans": [span for span in spans(json.loads(line)) if span["end"] > span["start"]]}
        print(json.dumps(answer), file=answers, flush=True)


main()
