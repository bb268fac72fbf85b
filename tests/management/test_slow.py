"""`lantoa slow`: what costs most, in words, and never a value."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from lantoa.lib.watch.statements import logged, without_values

SECRET = "Nguyễn Thị Cánh Buồm"
LOG = f"""2026-11-22 08:00:00.123 UTC [77] LOG:  duration: 120.500 ms  statement: SELECT "lantoa_person"."id"
\tFROM "lantoa_person" WHERE full_name = '{SECRET}' AND id IN (1, 2, 3)
2026-11-22 08:00:01.123 UTC [77] LOG:  duration: 79.500 ms  statement: SELECT "lantoa_person"."id"
\tFROM "lantoa_person" WHERE full_name = 'O''Brien' AND id IN (77)
2026-11-22 08:00:02.000 UTC [78] LOG:  duration: 50.000 ms  execute lantoa_3: UPDATE lantoa_attempt SET revision = $1
2026-11-22 08:00:02.000 UTC [78] DETAIL:  Parameters: $1 = '031188091726'
2026-11-22 08:00:03.000 UTC [78] LOG:  checkpoint starting: time
\tcontinued '{SECRET}'
"""


def test_statements_of_a_log_are_added_up_without_their_values(tmp_path, capsys):
    file = tmp_path / "postgresql.log"
    file.write_text(LOG)
    call_command("slow", str(file))
    told = capsys.readouterr().out
    assert "80.0%: 2 times, 100.00 ms each, 0.2 s together" in told
    assert "20.0%: 1 times, 50.00 ms each, 0.1 s together" in told
    assert "UPDATE lantoa_attempt SET revision = $1" in told
    assert 'FROM "lantoa_person" WHERE full_name = ? AND id IN (' in told
    for secret in (SECRET, "031188091726", "Brien", "77"):
        assert secret not in told


def test_a_log_without_statements_and_one_that_is_not_there_say_so(tmp_path):
    (tmp_path / "log").write_text("2026-11-22 LOG:  checkpoint starting: time\n")
    for name, said in (("log", "No statement"), ("none", "No such file")):
        with pytest.raises(CommandError, match=said):
            call_command("slow", str(tmp_path / name))


def plain(words):
    return "'" + words.replace("'", "''") + "'"


def escaped(words):
    return "E'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'"


def dollars(words):
    return f"$q${words.replace('$', '')}$q$"


WORDS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), st.sampled_from("'\\/*-$\""))
)
VALUES = st.builds(lambda write, words: write(words), st.sampled_from([plain, escaped, dollars]), WORDS)


@given(st.lists(VALUES, min_size=1))
@example([plain("/*"), plain("*/")])
@example([plain("--"), plain("\\"), plain(SECRET)])
@example([escaped("'"), dollars("'"), plain(SECRET)])
def test_whatever_is_written_as_a_value_is_not_shown(values):
    shown = without_values(f"SELECT a FROM b WHERE {' OR '.join(f'c = {value}' for value in values)}")
    assert shown == "SELECT a FROM b WHERE " + " OR ".join(["c = ?"] * len(values))


@pytest.mark.parametrize("hiding", ['"it\'s"', "/* it's */", "-- it's\n"])
def test_a_sign_within_a_name_or_a_remark_begins_no_value(hiding):
    shown = without_values(f"SELECT {hiding} FROM b WHERE c = {plain(SECRET)}")
    assert shown.endswith("FROM b WHERE c = ?")


@pytest.mark.parametrize("cut", ["'", "E'", "$q$", "/*"])
def test_what_is_cut_off_within_a_value_is_hidden_to_its_end(cut):
    assert SECRET not in without_values(f"SELECT a WHERE c = {cut}{SECRET}")


@given(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
def test_nor_is_a_number_while_names_stay(whole, real):
    text = f"SELECT t1.c2, $3 FROM lantoa_x9 WHERE a={whole} AND b > {real!r} /* {whole} */ -- {real}"
    assert without_values(text) == "SELECT t1.c2, $3 FROM lantoa_x9 WHERE a=? AND b > ?"


def test_a_statement_that_goes_on_over_lines_ends_where_the_log_goes_on():
    (one, other) = logged(LOG.splitlines(), most=5)
    assert one.text.startswith('SELECT "lantoa_person"."id" FROM')
    assert other.text == "UPDATE lantoa_attempt SET revision = $1"


def counts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('shared_preload_libraries')")
        return "pg_stat_statements" in cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_the_databases_own_counts_are_told_or_how_to_have_them(capsys):
    if not counts():
        with pytest.raises(CommandError, match="does not count"):
            call_command("slow")
        return
    call_command("slow", reset=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM lantoa_person WHERE full_name = %s", [SECRET])
    call_command("slow", most=100)
    told = capsys.readouterr().out
    assert "SELECT count(*) FROM lantoa_person WHERE full_name = $1" in told
    assert SECRET not in told


@pytest.mark.django_db
def test_the_embedded_server_writes_no_statement_and_no_row_down(settings):
    if not settings.DATABASES["default"]["HOST"].startswith(str(settings.DATA)):
        pytest.skip("a server of its own")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('log_min_error_statement'), current_setting('log_error_verbosity')")
        assert cursor.fetchone() == ("panic", "terse")
