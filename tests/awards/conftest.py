import pytest

from lantoa.exams import actions as exams
from lantoa.shares import actions as shares
from tests.factories.contest import DURING, a_bank, a_contest, a_contestant


def finish(contestant, at=DURING):
    attempt = exams.start_attempt(contestant=contestant, at=at)
    return exams.submit_attempt(contestant=contestant, number=attempt.number, answers=[0] * 20, at=at)


def pass_on(contestant, at=DURING):
    return shares.send_share(
        contestant=contestant, kind="slogan", text="Chậm một nhịp, giữ trọn tiền.", may_publish=False, at=at
    )


@pytest.fixture
def contest(db):
    contest = a_contest(name="Công dân số Hải Phòng – sử dụng thông minh, sống an toàn")
    a_bank(contest)
    return contest


@pytest.fixture
def me(contest):
    """Somebody who has done everything."""
    contestant = a_contestant(contest, name="Nguyễn Hoàng Phương Thảo Nguyên")
    finish(contestant)
    pass_on(contestant)
    return contestant
