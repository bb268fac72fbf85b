"""Documents: every kind at its address, in both languages, with the contest's own facts; and their files."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import translation

from lantoa.awards.actions import set_prizes
from lantoa.contests.content import publish_documents
from lantoa.contests.documents import Attachment, Document
from lantoa.contests.package import read_package
from lantoa.exams import ranking
from tests.factories.contest import a_contest

PACKAGE = Path(__file__).parents[2] / "packages" / "cong-dan-so-hai-phong"
SLUG = "thu-nghiem"


@pytest.fixture
def contest(db):
    contest = a_contest()
    package = read_package(PACKAGE)
    publish_documents(contest=contest, pages=package.documents)
    set_prizes(contest=contest, prizes=package.prizes)
    return contest


def at(name, language="vi", **kwargs):
    with translation.override(language):
        return reverse(name, kwargs={"contest": SLUG, **kwargs})


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_names_every_document(client, contest, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        html = text(client.get(at("documents")))
    for document in Document.objects.public(contest):
        assert document.title in html


@pytest.mark.parametrize("name", ["rules", "help", "privacy", "accessibility"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_kind_has_its_address_in_both_languages(client, contest, name, language, django_assert_max_num_queries):
    url = at(name, language)
    with django_assert_max_num_queries(4):
        html = text(client.get(url))
    document = Document.objects.get(kind=name)
    assert (document.title if language == "vi" else document.title_en) in html
    assert "[[" not in html


def test_the_rules_say_dates_ranking_and_prizes_of_the_contest(client, contest):
    html = text(client.get(at("rules")))
    for fact in ("11/10/2025", "11/11/2025", ranking.SENTENCE["vi"], "5.000.000 đồng", "Giấy khen"):
        assert fact in html


def test_a_script_in_a_document_stays_words(client, contest):
    evil = "<script>alert(1)</script>\n\n[x](javascript:alert(1))"
    Document.objects.filter(slug="khai-mac").update(body=evil, title="<script>alert(2)</script>")
    html = text(client.get(at("document", slug="khai-mac")))
    assert "<script>alert" not in html
    assert 'href="javascript' not in html


def test_an_unpublished_document_is_not_found(client, contest):
    Document.objects.filter(slug="khai-mac").update(published_at=None)
    assert client.get(at("document", slug="khai-mac")).status_code == 404
    Document.objects.filter(kind="rules").update(published_at=None)
    assert client.get(at("rules")).status_code == 404


@pytest.fixture
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_an_attachment_is_offered_and_can_be_kept(client, contest, files):
    document = Document.objects.get(slug="cong-van")
    attachment = Attachment(document=document, title="Bản gốc")
    attachment.file.save("ban-goc.html", ContentFile(b"<script>alert(1)</script>"))
    assert attachment.file.url in text(client.get(at("document", slug="cong-van")))
    answer = client.get(attachment.file.url)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    answer.close()


@pytest.mark.parametrize("name", ["../keys.json", "van-ban/../../keys.json", "keys.json", "van-ban/khong-co.pdf"])
def test_nothing_but_open_files_is_served(client, contest, files, name):
    (files / "keys.json").write_text("{}")
    assert not default_storage.exists("van-ban/khong-co.pdf")
    assert client.get(f"/tep/{name}").status_code == 404
