"""Every table of the house, room by room. Django looks here; nobody else should."""

from lantoa.awards.models import Certificate, Prize
from lantoa.contests.documents import Attachment, Document
from lantoa.contests.log import Cosignature, Entry, Head, Leaf, Log, Tile, Waiting
from lantoa.contests.models import Contest, Contestant, Correction, Movement
from lantoa.contests.visit_log import VisitLog
from lantoa.contests.visits import Visit
from lantoa.exams.models import Attempt, Bank, Best, Change, Question
from lantoa.learning.models import Lesson, Progress, Topic
from lantoa.people.models import Account, AuditEntry, Consent, FailedSignIn, Person, Role
from lantoa.people.sessions import Session
from lantoa.shares.models import Report, Share
from lantoa.standings.models import (
    Bucket,
    BucketRun,
    Bulletin,
    Pulse,
    QuestionEdge,
    QuestionTally,
    Totals,
    TotalsEdge,
    VisitTotal,
)
from lantoa.units.models import Cluster, ClusterMember, Population, Succession, Unit

__all__ = [
    "Account",
    "Attachment",
    "Attempt",
    "AuditEntry",
    "Bank",
    "Best",
    "Bucket",
    "BucketRun",
    "Bulletin",
    "Certificate",
    "Change",
    "Cluster",
    "ClusterMember",
    "Consent",
    "Contest",
    "Contestant",
    "Correction",
    "Cosignature",
    "Document",
    "Entry",
    "FailedSignIn",
    "Head",
    "Leaf",
    "Lesson",
    "Log",
    "Movement",
    "Person",
    "Population",
    "Prize",
    "Progress",
    "Pulse",
    "Question",
    "QuestionEdge",
    "QuestionTally",
    "Report",
    "Role",
    "Session",
    "Share",
    "Succession",
    "Tile",
    "Topic",
    "Totals",
    "TotalsEdge",
    "Unit",
    "Visit",
    "VisitLog",
    "VisitTotal",
    "Waiting",
]
