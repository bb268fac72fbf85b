"""`lantoa nginx`: writes nginx's configuration for this installation (docs/operating/nginx.md)."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand

from lantoa.management.nginx import Places, configuration

LETSENCRYPT = Path("/etc/letsencrypt/live")


class Command(BaseCommand):
    """Names, folders and rules come from the settings; what they do not know is asked for."""

    help = "Write nginx's configuration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FOLDER and where the parts lie."""
        parser.add_argument("folder", type=Path, help="where to write")
        parser.add_argument("--at", type=Path, help="where nginx will find it, if not in FOLDER")
        parser.add_argument("--app", nargs="+", metavar="HOST:PORT", default=["127.0.0.1:8000"], help="the application")
        parser.add_argument("--reports", nargs="+", metavar="HOST:PORT", default=[], help="its processes for figures")
        parser.add_argument("--certificate", type=Path, help="default: Let's Encrypt's of the public name")
        parser.add_argument("--key", type=Path, help="the certificate's")
        parser.add_argument("--logs", type=Path, default=Path("/var/log/nginx"), help="folder of nginx's own log")
        parser.add_argument("--cache", type=Path, default=Path("/var/cache/lantoa"), help="beginning of two folders")
        parser.add_argument("--pid", type=Path, default=Path("/run/nginx.pid"))
        parser.add_argument("--user", default="www-data", help="whom nginx's processes run as; it reads LANTOA_DATA")

        parser.add_argument(
            "--rehearse-from", nargs="+", metavar="ADDRESS", default=[], help="not limited in a rehearsal"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Write every file of it."""
        folder: Path = options["folder"].resolve()
        kept = LETSENCRYPT / (urlsplit(settings.PUBLIC_URL).hostname or "localhost")
        places = Places(
            folder=options["at"] or folder,
            app=tuple(options["app"]),
            reports=tuple(options["reports"]),
            certificate=options["certificate"] or kept / "fullchain.pem",
            key=options["key"] or kept / "privkey.pem",
            rehearsers=tuple(options["rehearse_from"]),
            **{name: options[name] for name in ("logs", "cache", "pid", "user")},
        )
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in configuration(places).items():
            (folder / name).write_text(text, encoding="utf-8")
        self.stdout.write(str(folder))
