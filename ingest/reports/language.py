"""What language a text is in: by its script, and among languages of one script by their commonest words."""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

import re
from collections import Counter

_SAMPLE_CHARACTERS = 20_000
_LEAST_LETTERS = 20
_LEAST_SHARE = 0.08
"""Of the words, for a language to be told by its commonest ones. Tables and lists of names stay below it."""

_WORD = re.compile(r"[^\W\d_]+")

_SCRIPTS = {
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "ko": re.compile(r"[\uac00-\ud7af\u1100-\u11ff]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f]"),
}
_KANA_SHARE = 0.1  # of the East Asian characters: below it, Japanese would be Chinese with a few names

_COMMON_WORDS = {
    "latin": {
        "en": "the of and to in is that for with as was on are be this by it from or which have not an at",
        "de": "der die das und ist nicht von mit den zu ein eine auf für im dem sich als auch des werden wird aus bei",
        "fr": "le la les des et est une dans que pour qui sur pas par au plus avec sont du ce aux ou cette il",
        "es": "el la los las de que y en un una por con para es se del al como más no su lo pero está",
        "pt": "o a os as de que e em um uma por com para é do da não se na no mais dos ao são",
        "it": "il lo la gli di che e in un una per con è del della non sono si nel alla dei le come anche",
        "nl": "de het een van en in is dat op te voor met zijn niet aan er ook als bij door naar worden wordt uit",
        "sv": "och att det som en är av för på med den till inte har om ett vi kan från eller var men ska",
        "da": "og at det som en er af for på med den til ikke har om et vi kan fra eller var men skal der",
        "no": "og at det som en er av for på med den til ikke har om et vi kan fra eller var men skal seg",
        "fi": "ja on ei että se oli hän mutta joka ovat kun tai kuin myös sekä ole niin mukaan voi jos sen",
        "pl": "i w na z do się nie że jest to o jak po za od dla przez ale są oraz przy tym który być",
        "cs": "a v na se je že to s z do o k pro jako ale i za po od by jsou nebo podle jeho která",
        "ro": "și de la în a pe cu că nu o un este din pentru care mai sunt sau se prin au fi",
        "hu": "a az és hogy nem is egy van de meg csak mint ez volt vagy azt már még el ha lehet",
        "tr": "ve bir bu da de için ile olarak olan çok daha gibi en ne kadar sonra var ya ise değil",
        "id": "yang dan di dengan untuk dari ini itu dalam tidak pada adalah akan juga oleh ke atau ada dapat",
        "vi": "và của là các có được trong cho không một với những người này đã từ khi để đến về",
    },
    "ru": {
        "ru": "и в не на что с по это как из у за от к для но или так же его был все при",
        "uk": "і в не на що з та до за у про як від для це або його його був при є які",
        "bg": "и на в за да се от с че не по са до като това или при е ще със през което",
        "sr": "и у је да се на за од са не као што су или до који из би то овај",
    },
}


def language_of(text: str) -> str | None:
    """A code of ISO 639-1; None for a text that is too short or too mixed to tell."""
    sample = text[:_SAMPLE_CHARACTERS]
    found = {script: len(pattern.findall(sample)) for script, pattern in _SCRIPTS.items()}
    letters = sum(found.values())
    if letters < _LEAST_LETTERS:
        return None
    east = found["ja"] + found["zh"]
    if east > letters / 4:  # a hundred of its characters say what three hundred Latin letters do
        return "ja" if found["ja"] > _KANA_SHARE * east else "zh"
    script = max(found, key=lambda name: found[name])
    return _by_words(sample, script) if script in _COMMON_WORDS else script


def _by_words(text: str, script: str) -> str | None:
    words = Counter(_WORD.findall(text.lower()))
    total = sum(words.values())
    shares = {
        language: sum(words[word] for word in set(common.split())) / total
        for language, common in _COMMON_WORDS[script].items()
    }
    best = max(shares, key=lambda language: shares[language])
    return best if shares[best] >= _LEAST_SHARE else None
