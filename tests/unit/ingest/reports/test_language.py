"""Telling languages apart."""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

import pytest

from ingest.reports.language import language_of

SENTENCES = {
    "en": "The pump is switched off before the cover is removed, and it must not be started again without it.",
    "de": "Vor dem Abnehmen der Haube ist die Pumpe auszuschalten, und sie darf nicht ohne die Haube laufen.",
    "fr": "La pompe est arrêtée avant que le capot ne soit retiré, et elle ne doit pas être remise en marche sans lui.",
    "es": "La bomba se apaga antes de quitar la tapa, y no se debe poner en marcha de nuevo sin ella en su lugar.",
    "it": "La pompa viene spenta prima di togliere il coperchio, e non deve essere riavviata senza di esso.",
    "nl": "De pomp wordt uitgeschakeld voordat het deksel is verwijderd en mag niet zonder het deksel draaien.",
    "pl": "Pompa jest wyłączana przed zdjęciem pokrywy i nie może być uruchomiona bez niej, jak to opisano na stronie.",
    "ru": "Насос выключают до того, как снимают крышку, и его нельзя включать без неё, как это описано на странице.",
    "uk": "Насос вимикають до того, як знімають кришку, і його не можна вмикати без неї, як це описано на сторінці.",
    "zh": "在拆下盖子之前必须关闭水泵，没有盖子时不得重新启动。",
    "ja": "カバーを取り外す前にポンプを停止し、カバーなしで再始動してはいけません。",
    "ko": "덮개를 제거하기 전에 펌프를 끄고 덮개 없이 다시 시작해서는 안 됩니다.",
    "th": "ปิดปั๊มก่อนถอดฝาครอบและห้ามสตาร์ทใหม่โดยไม่มีฝาครอบ",
    "ar": "يتم إيقاف المضخة قبل إزالة الغطاء ولا يجوز تشغيلها مرة أخرى بدونه",
    "he": "יש לכבות את המשאבה לפני הסרת המכסה ואין להפעיל אותה שוב בלעדיו",
    "el": "Η αντλία σβήνει πριν αφαιρεθεί το κάλυμμα και δεν πρέπει να ξεκινήσει χωρίς αυτό.",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_prose_is_told_by_its_script_and_its_commonest_words(language: str) -> None:
    assert language_of(SENTENCES[language]) == language


@pytest.mark.parametrize("text", ["", "12.4 | 18.9 | 3.1", "OK", "Bolzano Trento Verona Vicenza Padova Treviso"])
def test_what_is_no_prose_is_in_no_language(text: str) -> None:
    assert language_of(text) is None


def test_quotations_do_not_outweigh_the_text_around_them() -> None:
    assert language_of(f"{SENTENCES['en']} {SENTENCES['en']} He wrote: {SENTENCES['de'][:40]}") == "en"
