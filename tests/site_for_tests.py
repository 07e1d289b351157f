"""Django as the site has it, for every test of a run: a process can be told its settings only once.

Passwords are hashed cheaply here, and the key is a made-up one; all else is as it is served.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from typing import Any

from renotify.ledger.migrating import described
from renotify.ledger.store import Store

KEY = "made up for tests, never served: 0123456789 0123456789 0123456789"


def _folder_of_this_run() -> str:
    """Return a folder for kept answers, which goes with the process."""
    folder = tempfile.mkdtemp(prefix="renotify-kept-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def configure(store: Store) -> None:
    """Take the place of ``migrating.configure``: the site's settings on a store, instead of the ledger's alone."""
    import django
    from django.conf import settings

    os.environ.setdefault("RENOTIFY_SECRET_KEY", KEY)
    from renotify.web.site import web_settings

    stated: dict[str, Any] = {
        name: value for name, value in vars(web_settings).items() if name.isupper()
    }
    stated |= {
        "DATABASES": {"default": described(store)},
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "ALLOWED_HOSTS": ["*"],
        "CACHES": web_settings.CACHES
        | {"kept": web_settings.CACHES["kept"] | {"LOCATION": _folder_of_this_run()}},
    }
    settings.configure(**stated)
    django.setup()
