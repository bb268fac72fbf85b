"""The addresses of the public site; outsiders may rely on them (docs/interfaces.md)."""

from lantoa.site.views import (
    account,
    book,
    bulletins,
    certificate,
    documents,
    exam,
    landing,
    learning,
    open_data,
    share,
    standings,
    statistics,
)

# Fixed addresses come before `<contest>/…`; each module lists its own, the landing's last.
urlpatterns = [
    *open_data.urlpatterns,
    *book.urlpatterns,
    *account.urlpatterns,
    *certificate.urlpatterns,
    *learning.urlpatterns,
    *exam.urlpatterns,
    *share.urlpatterns,
    *standings.urlpatterns,
    *statistics.urlpatterns,
    *bulletins.urlpatterns,
    *documents.urlpatterns,
    *landing.urlpatterns,
]
