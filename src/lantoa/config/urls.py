"""All addresses: the console, the open data, then the site in Vietnamese at the root and in English under /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from lantoa.console.urls import urls as console

urlpatterns = [
    path("quan-tri/", console),
    path("api/v1/", include("lantoa.api.urls")),
    *i18n_patterns(path("", include("lantoa.site.urls")), prefix_default_language=False),
]

handler400 = "lantoa.site.views.errors.bad_request"
handler403 = "lantoa.site.views.errors.forbidden"
handler404 = "lantoa.site.views.errors.not_found"
handler500 = "lantoa.site.views.errors.broken"
