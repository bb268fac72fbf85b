"""Places and what is known of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from lantoa.lib.compiled import Compiled, Slot
from lantoa.lib.text import fold


class Kind(models.TextChoices):
    """What a place is (seed A "Kính gửi", Resolution 1669/NQ-UBTVQH15)."""

    CITY = "city", "Thành phố"
    WARD = "ward", gettext_noop("Phường")
    COMMUNE = "commune", gettext_noop("Xã")
    SPECIAL_ZONE = "special_zone", gettext_noop("Đặc khu")
    OFFICE = "office", "Cơ quan, phòng chuyên môn"
    SERVICE_CENTRE = "service_centre", "Trung tâm"
    KINDERGARTEN = "kindergarten", "Trường mầm non"
    PRIMARY = "primary", "Trường tiểu học"
    PRIMARY_LOWER_SECONDARY = "primary_lower_secondary", "Trường tiểu học và THCS"
    LOWER_SECONDARY = "lower_secondary", "Trường trung học cơ sở"
    VILLAGE = "village", "Thôn"
    RESIDENTIAL_GROUP = "residential_group", "Tổ dân phố"


COMMUNE_LEVEL = (Kind.WARD, Kind.COMMUNE, Kind.SPECIAL_ZONE)


class UnitQuerySet(models.QuerySet["Unit"]):
    """Reads of places."""

    def standing(self) -> UnitQuerySet:
        """Units that exist today: no end of validity."""
        return self.filter(valid_to__isnull=True)

    def matching(self, words: str) -> UnitQuerySet:
        """Whose name holds every word, marks or not; or whose code it is."""
        named = Q()
        for word in fold(words).split():
            named &= Q(search__contains=word)
        return self.filter(named | Q(code=words.strip()))

    def communes_of(self, root: Unit) -> UnitQuerySet:
        """The wards, communes and special zones that compete under ``root``, by name."""
        return self.standing().filter(parent=root, kind__in=COMMUNE_LEVEL).order_by("search", "code")

    def communes(self) -> UnitQuerySet:
        """All wards, communes and special zones that exist today, by name."""
        return self.standing().filter(kind__in=COMMUNE_LEVEL).order_by("search", "code")

    def inside(self, commune: Unit) -> UnitQuerySet:
        """Offices, schools, villages of a commune, by kind and name."""
        return self.standing().filter(parent=commune).order_by("kind", "search")

    def under(self, root: Unit) -> UnitQuerySet:
        """All that stands under a city: its communes and what lies inside them, communes first, by code."""
        inside = self.standing().filter(Q(parent=root) | Q(parent__parent=root))
        return inside.select_related("parent", "membership__cluster").order_by("parent__parent_id", "code")

    def coded(self, code: str) -> Unit | None:
        """The standing unit of that code."""
        return self.standing().filter(code=code).first()

    def commune(self, root: Unit, code: str) -> Unit | None:
        """The commune of that code under ``root``."""
        return self.standing().filter(parent=root, kind__in=COMMUNE_LEVEL, code=code).first()

    def place(self, root: Unit, code: str) -> tuple[Unit | None, Unit | None]:
        """The commune that a code names, and the place inside it when the code is that place's (a village's QR)."""
        inside = self.standing().filter(Q(parent=root) | Q(parent__parent=root), code=code)
        found = inside.select_related("parent").first() if code else None
        if found is None:
            return None, None
        return (found, None) if found.kind in COMMUNE_LEVEL else (found.parent, found)

    def chosen(self, root: Unit, code: str, place_code: str) -> tuple[Unit | None, Unit | None]:
        """The commune of that code, and the place of the other code inside one; one query."""
        found = {unit.code: unit for unit in CHOSEN.all(root=root.pk, code=code, place=place_code)}
        commune, place = found.get(code), found.get(place_code)
        return (
            commune if commune and commune.kind in COMMUNE_LEVEL and commune.parent_id == root.pk else None,
            place if place and place.kind not in COMMUNE_LEVEL else None,
        )

    def city(self, code: str) -> Unit | None:
        """The standing city of that code."""
        return self.standing().filter(code=code, kind=Kind.CITY).first()


class Unit(models.Model):
    """A city, a ward, commune or special zone of it; or a school, office, village below."""

    code = models.CharField("mã", max_length=40)
    name = models.CharField("tên", max_length=200)
    kind = models.CharField("loại", max_length=30, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="thuộc"
    )
    valid_from = models.DateField("có từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    search = models.CharField(max_length=200, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị"
        verbose_name_plural = "đơn vị"
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(valid_to__isnull=True),
                name="unit_code_once",
                violation_error_message="Mã này đã có đơn vị khác dùng.",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="unit_kind_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="unit_valid_forwards",
                violation_error_message="Ngày cuối phải sau ngày đầu.",
            ),
        ]
        indexes = [models.Index(fields=["parent", "kind", "search"], name="unit_by_parent")]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the search key with the name."""
        self.search = fold(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def full_name(self) -> str:
        """Phường Thành Đông: kind and name, as people say it. Below communes the name says all."""
        return full_name(self.kind, self.name)


_NAMED = {str(kind): Kind(kind).label for kind in (*COMMUNE_LEVEL, Kind.CITY)}


def full_name(kind: str, name: str) -> str:
    """The full name of a unit of that kind and name."""
    return f"{_NAMED[kind]} {name}" if kind in _NAMED else name


CHOSEN = Compiled(
    lambda: Unit.objects.standing().filter(
        Q(parent=Slot("root")) | Q(parent__parent=Slot("root")), code__in=(Slot("code"), Slot("place"))
    )
)


class Cluster(models.Model):
    """Units that compete among themselves ("thi đua theo cụm", seed B)."""

    code = models.SlugField("mã", unique=True)
    name = models.CharField("tên", max_length=200)

    class Meta:
        verbose_name = "cụm thi đua"
        verbose_name_plural = "cụm thi đua"

    def __str__(self) -> str:
        return self.name


class ClusterMember(models.Model):
    """A unit is in at most one cluster."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="members", verbose_name="cụm")
    unit = models.OneToOneField(Unit, models.CASCADE, related_name="membership", verbose_name="đơn vị")

    class Meta:
        verbose_name = "đơn vị trong cụm"
        verbose_name_plural = "đơn vị trong cụm"

    def __str__(self) -> str:
        return f"{self.cluster}: {self.unit}"


class PopulationQuerySet(models.QuerySet["Population"]):
    """Reads of populations."""

    def latest_of(self, units: Iterable[Unit]) -> dict[int, int]:
        """Each unit's latest known population, by its id; units without one are left out. One query."""
        newest = self.filter(unit__in=list(units)).order_by("unit", "-valid_from", "-known_at").distinct("unit")
        return dict(newest.values_list("unit", "value"))


class Population(models.Model):
    """How many people live in a unit: a dated, sourced, approved number; appended, never overwritten (B2)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="populations", verbose_name="đơn vị")
    value = models.PositiveIntegerField("dân số")
    valid_from = models.DateField("tính từ ngày")
    known_at = models.DateTimeField("ghi nhận lúc")
    source = models.CharField("nguồn", max_length=300)
    approved_by = models.CharField("người duyệt", max_length=200)

    objects = PopulationQuerySet.as_manager()

    class Meta:
        verbose_name = "dân số"
        verbose_name_plural = "dân số"
        constraints = [
            models.CheckConstraint(
                condition=Q(value__gt=0),
                name="population_positive",
                violation_error_message="Nhập số dân lớn hơn 0.",
            ),
            models.UniqueConstraint(fields=["unit", "valid_from", "known_at"], name="population_once"),
        ]
        indexes = [
            models.Index(fields=["unit", "-valid_from", "-known_at"], include=["value"], name="population_latest")
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.value}"


class Succession(models.Model):
    """A unit became part of another from a day on; read when figures are made (figures.md §1)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="successions", verbose_name="đơn vị")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="predecessions", verbose_name="nhập vào")
    effective = models.DateTimeField("hiệu lực từ")
    known_at = models.DateTimeField("ghi nhận lúc")
    reason = models.TextField("căn cứ", blank=True)

    class Meta:
        verbose_name = "sáp nhập"
        verbose_name_plural = "sáp nhập"
        constraints = [
            models.CheckConstraint(
                condition=~Q(unit=F("successor")),
                name="succession_other_unit",
                violation_error_message="Chọn hai đơn vị khác nhau.",
            ),
            models.UniqueConstraint(
                fields=["unit", "effective"],
                name="succession_one_at_a_time",
                violation_error_message="Đơn vị này đã có một lần sáp nhập vào lúc ấy.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.successor}"
