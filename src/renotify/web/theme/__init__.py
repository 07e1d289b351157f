"""One look: Tabler's stylesheet, one small one of our own, the frame of every page, tables that sort and page."""
