"""Pages seen, without identity: minutes with a number, by the database's clock (figures.md §6)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db import connection, models

from lantoa.contests.models import Contest

# Programs that say so themselves; whoever pretends to be a browser is counted, and the rules of the figures say that.
# The web server's configuration is made from the same words (management/nginx.py), so they are plain ASCII.
BOTS = re.compile(
    r"(?<!cu)bot\b|bot[/;_-]|crawl|spider|slurp|preview|externalhit|headless|lighthouse|monitor|uptime|https?:|curl|wget"
    r"|python|java/|okhttp|go-http|axios|scrapy|archive",  # Cubot makes telephones
    re.IGNORECASE | re.ASCII,
)
AHEAD = "prefetch"  # in Sec-Purpose: fetched before anybody opens it

# A row a minute and process, so that writers never meet. The minute is that of the recording, so that a late one never
# falls into a minute that is folded already. A contest that no longer exists is left out.
RECORD = """
INSERT INTO lantoa_visit AS v (contest_id, minute, shard, n)
SELECT c.id, date_trunc('minute', now()), %(shard)s, made.n
  FROM unnest(%(slugs)s::text[], %(counts)s::int[]) AS made(slug, n) JOIN lantoa_contest c ON c.slug = made.slug
 ORDER BY c.id
ON CONFLICT (contest_id, minute, shard) DO UPDATE SET n = v.n + excluded.n
"""


class Visit(models.Model):
    """Pages seen in a minute, without identity; a row per process (shard), so that writers never meet."""

    pk = models.CompositePrimaryKey("contest_id", "minute", "shard")
    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+", db_index=False)
    minute = models.DateTimeField()
    shard = models.IntegerField()
    n = models.PositiveIntegerField()

    class Meta:
        verbose_name = "lượt truy cập"
        verbose_name_plural = "lượt truy cập"

    def __str__(self) -> str:
        return f"{self.minute}: {self.n}"


def by_a_person(agent: str, purpose: str) -> bool:
    """Whether a page asked for by that program (User-Agent) for that reason (Sec-Purpose) is seen by somebody."""
    return bool(agent) and AHEAD not in purpose and not BOTS.search(agent)


def record_visits(made: Mapping[str, int], *, shard: int) -> None:
    """Add the numbers of pages seen, by the address (slug) of the contest; ``shard`` names the process."""
    with connection.cursor() as cursor:
        cursor.execute(RECORD, {"slugs": list(made), "counts": list(made.values()), "shard": shard})
