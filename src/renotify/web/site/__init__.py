"""The site as it is served: settings, addresses, server."""
