import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from lantoa.people.models import Account
from lantoa.units.models import Unit

FILE = Path(__file__).parents[2] / "packages" / "cong-dan-so-hai-phong" / "units" / "haiphong.csv"
pytestmark = pytest.mark.django_db


def run(*words):
    out, err = io.StringIO(), io.StringIO()
    call_command(*words, stdout=out, stderr=err)
    return out.getvalue()


def test_a_dry_run_says_what_would_come_and_changes_nothing():
    assert "114 đơn vị mới" in run("units", "import", str(FILE), "--dry-run")
    assert not Unit.objects.exists()


def test_what_was_imported_is_exported(tmp_path):
    run("units", "import", str(FILE))
    sheet = run("units", "export")
    assert "10525,Hải Dương,Phường,102648,," in sheet
    run("units", "export", "--output", str(tmp_path / "x.csv"))
    assert "0 đơn vị mới, 0 đổi tên, 114 giữ nguyên, 0 số dân mới" in run("units", "import", str(tmp_path / "x.csv"))


def test_a_wrong_row_is_named_and_the_command_fails(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("code,name,type\n1,Một,xã\n2,Hai,huyện\n", encoding="utf-8")
    err = io.StringIO()
    with pytest.raises(CommandError):
        call_command("units", "import", str(file), stderr=err)
    assert "dòng 3" in err.getvalue()
    assert not Unit.objects.exists()


def test_a_missing_file_is_an_error_in_words(tmp_path):
    with pytest.raises(CommandError, match=r"x\.csv"):
        run("units", "import", str(tmp_path / "x.csv"))


def test_an_account_is_made_and_its_password_shown_once():
    said = run("account", "create", "ban-to-chuc", "--role", "organiser", "--role", "editor")
    account = Account.objects.get(username="ban-to-chuc")
    assert account.kinds == {"organiser", "editor"}
    assert account.check_password(said.rpartition(" ")[2].strip())


def test_a_coordinator_needs_a_unit():
    with pytest.raises(CommandError, match="--unit"):
        run("account", "create", "dieu-phoi", "--role", "coordinator")


def test_roles_are_listed_with_their_powers():
    assert "judge_shares" in run("account", "roles")
