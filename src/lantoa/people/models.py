"""People, their accounts and roles, what they agreed to, and who looked at what."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext_lazy as _

from lantoa.lib.compiled import Compiled, Slot
from lantoa.lib.search import folded, words
from lantoa.people import access
from lantoa.units.models import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable


class Group(models.TextChoices):
    """Whom somebody takes part as (seed A "Đối tượng")."""

    OFFICIAL = "official", _("Cán bộ")
    CIVIL_SERVANT = "civil_servant", _("Công chức")
    PUBLIC_EMPLOYEE = "public_employee", _("Viên chức")
    MEMBER = "member", _("Đoàn viên, hội viên")
    PUPIL = "pupil", _("Học sinh, sinh viên")
    WORKER = "worker", _("Công nhân, người lao động")
    RESIDENT = "resident", _("Người dân")


class PersonQuerySet(models.QuerySet["Person"]):
    """Reads of people."""

    def hold(self, person: Person) -> None:
        """Lock somebody until the transaction ends: who changes the same person comes afterwards. One query."""
        self.select_for_update(no_key=True).only("pk").get(pk=person.pk)

    def taken(self, *, phone: bytes | None, citizen_id: bytes | None, besides: Person | None = None) -> set[str]:
        """Which of two keyed indexes belong to somebody already. One query."""
        others = self.filter(Q(phone_index=phone) | Q(citizen_id_index=citizen_id))
        if besides is not None:
            others = others.exclude(pk=besides.pk)
        found: set[str] = set()
        for row in others.values_list("phone_index", "citizen_id_index"):
            found |= {
                name
                for name, has, asked in zip(("phone", "citizen_id"), row, (phone, citizen_id), strict=True)
                if asked is not None and has is not None and bytes(has) == asked
            }
        return found


class Person(models.Model):
    """One human being. Numbers are sealed (AES-256-GCM bound to this row) and found by keyed indexes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    full_name = models.CharField("họ và tên", max_length=120)
    sort_key = models.CharField(max_length=160, editable=False)
    called = models.GeneratedField(expression=folded("full_name"), output_field=models.TextField(), db_persist=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True, max_length=32)
    citizen_id_sealed = models.BinaryField(null=True)
    citizen_id_index = models.BinaryField(null=True, max_length=32)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="phường, xã, đặc khu")
    sub_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="thôn, trường, cơ quan"
    )
    group = models.CharField("đối tượng", max_length=20, choices=Group)
    created_at = models.DateTimeField()
    rehearsal = models.BooleanField("diễn tập", default=False, db_default=False, editable=False)  # invented, for a rush
    erased_at = models.DateTimeField("xóa lúc", null=True, editable=False)  # by law: nothing here tells who it was

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "người"
        verbose_name_plural = "người"
        constraints = [
            models.UniqueConstraint(fields=["phone_index"], name="person_phone_once"),
            models.UniqueConstraint(fields=["citizen_id_index"], name="person_citizen_id_once"),
            models.CheckConstraint(condition=~Q(full_name=""), name="person_named"),
            models.CheckConstraint(
                condition=Q(phone_sealed__isnull=True, phone_index__isnull=True)
                | Q(phone_sealed__isnull=False, phone_index__isnull=False),
                name="person_phone_sealed_and_indexed",
            ),
            models.CheckConstraint(
                condition=Q(citizen_id_sealed__isnull=True, citizen_id_index__isnull=True)
                | Q(citizen_id_sealed__isnull=False, citizen_id_index__isnull=False),
                name="person_citizen_id_sealed_and_indexed",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(phone_index__isnull=True, citizen_id_index__isnull=True, unit__isnull=True, sort_key=""),
                name="person_erased_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key"], name="person_by_name"),
            models.Index(fields=["called"], name="person_by_whole_name"),
            GinIndex(words("called"), name="person_by_words", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.full_name


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts for Django's own machinery."""

    def staff(self) -> models.QuerySet[Account]:
        """Those who work on contests: they have a user name. Contestants are found as contestants."""
        return self.filter(username__isnull=False).prefetch_related("roles__unit")

    def get_by_natural_key(self, username: str | None) -> Account:
        """By the staff's user name."""
        return self.get(username=username)

    def signing_in(self, *, index: bytes | None, username: str | None) -> Account | None:
        """The account found by the keyed index of a phone or citizen number, or by a staff's user name. One query."""
        if index is not None:
            return NUMBERED.first(index=index)
        return self.select_related("person").filter(username=username).first()


class Account(AbstractBaseUser):
    """What somebody signs in with: staff by user name, everybody else by phone or citizen number."""

    username = models.CharField("tên đăng nhập", max_length=60, unique=True, null=True, blank=True)
    person = models.OneToOneField(
        Person, models.CASCADE, null=True, blank=True, related_name="account", verbose_name="người"
    )
    is_active = models.BooleanField("đang dùng", default=True)
    created_at = models.DateTimeField("tạo lúc")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    class Meta:
        verbose_name = "tài khoản"
        verbose_name_plural = "tài khoản"
        constraints = [
            models.CheckConstraint(
                condition=Q(username__isnull=False) | Q(person__isnull=False), name="account_belongs_to_somebody"
            )
        ]

    def __str__(self) -> str:
        return self.username or (self.person.full_name if self.person else str(self.pk))

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of this account's roles; read once an object."""
        if not hasattr(self, "_kinds"):
            self.carries(self.roles.values_list("kind", flat=True) if self.is_active else ())
        return self._kinds

    def carries(self, kinds: Iterable[str]) -> None:
        """Take the kinds of the roles as they were read with the account."""
        self._kinds = frozenset(kinds) if self.is_active else frozenset()

    def may(self, power: str) -> bool:
        """Whether one of the roles carries ``power`` (people/access.py)."""
        return access.allows(self.kinds, power)

    @property
    def is_staff(self) -> bool:
        """Who may enter the organiser's console."""
        return self.may("enter_console")

    @property
    def is_superuser(self) -> bool:
        """Nobody stands above the roles."""
        return False

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ARG002 (Django's signature)
        """Django's question, answered by the roles: `lantoa.view_share` and the like."""
        return access.answers(self.kinds, perm)

    def has_perms(self, perms: Iterable[str], obj: Any = None) -> bool:
        """All of ``perms``."""
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the console shows the app at all."""
        return app_label == "lantoa" and self.is_staff


NUMBERED = Compiled(
    lambda: Account.objects.select_related("person").filter(
        Q(person__phone_index=Slot("index")) | Q(person__citizen_id_index=Slot("index"))
    )
)


class Role(models.Model):
    """What an account may do: see people/access.py. A coordinator's role names the unit."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="roles", verbose_name="tài khoản")
    kind = models.CharField("vai trò", max_length=20, choices=access.KINDS)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="đơn vị")

    class Meta:
        verbose_name = "vai trò"
        verbose_name_plural = "vai trò"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "unit"],
                nulls_distinct=False,
                name="role_once",
                violation_error_message="Tài khoản đã có vai trò này.",
            ),
            models.CheckConstraint(
                condition=Q(kind="coordinator", unit__isnull=False) | (~Q(kind="coordinator") & Q(unit__isnull=True)),
                name="role_coordinator_has_unit",
                violation_error_message="Điều phối viên cần có đơn vị. Vai trò khác thì để trống đơn vị.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


TAKING_PART = "taking_part"  # the purpose that registration asks consent for


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Reads of consents."""

    def open(self, person: Person, purpose: str) -> Consent | None:
        """The consent that stands, if any."""
        return self.filter(person=person, purpose=purpose, withdrawn_at__isnull=True).first()

    def of(self, person: Person) -> ConsentQuerySet:
        """All of a person's, the newest first."""
        return self.filter(person=person).order_by("-given_at")


class Consent(models.Model):
    """Proof of consent (Law 91/2025/QH15: specific, verifiable, withdrawable)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    purpose = models.CharField("mục đích", max_length=40)
    text_version = models.CharField("bản thông báo", max_length=20)
    given_at = models.DateTimeField("đồng ý lúc")
    withdrawn_at = models.DateTimeField("rút lại lúc", null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = "sự đồng ý"
        verbose_name_plural = "sự đồng ý"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(withdrawn_at__isnull=True), name="consent_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.text_version}"


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Reads of the journal."""

    def about(self, subject: str) -> AuditQuerySet:
        """What was done to a subject, in order."""
        return self.filter(subject=subject).order_by("at", "pk")

    def last_time(self, subject: str, action: str) -> AuditEntry | None:
        """The last time that it was done."""
        return self.filter(subject=subject, action=action).order_by("-at", "-pk").first()

    def people_asking_erasure(self) -> models.QuerySet[AuditEntry, Any]:
        """The numbers of all people who ever asked to be erased; by an index of its own."""
        who = Cast(Substr("subject", len("person:") + 1), models.UUIDField())
        return self.filter(action="ask_erasure").annotate(who=who).values("who")


class AuditEntry(models.Model):
    """Who did what, when, to what: appended only (a trigger refuses the rest); never holds a personal number."""

    at = models.DateTimeField("lúc")
    actor = models.ForeignKey(
        Account, models.SET_NULL, null=True, related_name="+", verbose_name="ai", db_constraint=False
    )
    action = models.CharField("việc", max_length=60)
    subject = models.CharField("đối tượng", max_length=80)
    detail = models.JSONField("chi tiết", default=dict)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "nhật ký"
        verbose_name_plural = "nhật ký"
        indexes = [
            models.Index(fields=["subject", "at"], name="audit_by_subject"),
            models.Index(fields=["subject"], condition=Q(action="ask_erasure"), name="audit_erasure_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


_COUNT = """
INSERT INTO lantoa_failedsignin AS old (key, since, times) VALUES (%(key)s, %(at)s, 1)
ON CONFLICT (key) DO UPDATE SET
    times = CASE WHEN old.since <= %(edge)s THEN 1 ELSE old.times + 1 END,
    since = CASE WHEN old.since <= %(edge)s THEN %(at)s ELSE old.since END
RETURNING times"""


class FailedSignInQuerySet(models.QuerySet["FailedSignIn"]):
    """Counting tries, exactly, also when many come at once."""

    def count_one(self, key: bytes, *, at: datetime, window: timedelta) -> int:
        """One more try under ``key``: how many it makes since the window opened. One statement."""
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, {"key": key, "at": at, "edge": at - window})
            (times,) = cursor.fetchone() or (0,)
        return int(times)

    def times(self, key: bytes, *, at: datetime, window: timedelta) -> int:
        """How many tries stand under ``key``."""
        return sum(times for (times,) in TIMES.rows(key=key, edge=at - window))

    def forget(self, key: bytes) -> None:
        """Nothing stands under ``key`` any more."""
        self.filter(key=key).delete()

    def forget_before(self, moment: datetime) -> int:
        """Drop what is too old to count; how many rows that were."""
        return self.filter(since__lte=moment).delete()[0]


class FailedSignIn(models.Model):
    """How often a door was tried in vain since a moment: one row a keyed name (phone, citizen number or address)."""

    key = models.BinaryField(primary_key=True, max_length=32)
    since = models.DateTimeField()
    times = models.PositiveIntegerField()

    objects = FailedSignInQuerySet.as_manager()

    class Meta:
        verbose_name = "lần đăng nhập hỏng"
        verbose_name_plural = "lần đăng nhập hỏng"

    def __str__(self) -> str:
        return str(self.times)


TIMES = Compiled(lambda: FailedSignIn.objects.filter(key=Slot("key"), since__gt=Slot("edge")).values_list("times"))
