"""The site as a server calls it (WSGI)."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from renotify.web.listening import end_with_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renotify.web.site.web_settings")
application = get_wsgi_application()
end_with_server()
