"""What the server runs: `granian --interface wsgi lantoa.config.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantoa.config.settings")
django = get_wsgi_application()

from django.conf import settings  # noqa: E402 (the settings are read by now)

from lantoa.config.steps_first import StepsFirst  # noqa: E402
from lantoa.lib.patient.base import limit  # noqa: E402
from lantoa.lib.watch import measures  # noqa: E402
from lantoa.lib.watch.hooks import last_words  # noqa: E402
from lantoa.site.visits import visits  # noqa: E402

application = StepsFirst(django)
limit(settings.PATIENCE)
measures.claim(settings.METERS, "site")
last_words()
visits.start()

# What is loaded stays for ever: nobody need look through it again for what may go, nor so often through what comes.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
