import pytest

from lantoa_verify.audit import audit
from lantoa_verify.policy import parse_policy
from tests.verify.making import ORIGIN, Contest, Files


@pytest.fixture(scope="session")
def contest():
    """A small contest with every kind of entry, revealed at its end."""
    return Contest(7, size=260)


def checked(files, **more):
    """The report on an export, by the keys that it names itself."""
    policy = parse_policy(files["policy"].decode())
    head = policy.open(files["checkpoint"].decode(), ORIGIN)
    return audit(Files(files), head, policy.verifiers, **more)
