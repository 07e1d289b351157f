"""renotify: finds every vehicle whose recall is not done, reaches its owner, readies its dealer, and proves it."""

import os
import sys
from importlib.machinery import PathFinder

# Matrices here are small and work is shared out by processes: threads of numpy's algebra wait for each other, and each would hold
# memory of its own. With one, numbers do not depend on the machine's processors either. Said before numpy is loaded, or not heard.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# pyarrow asks for dateutil with every Python value that it takes in. Where it is not installed, each of these questions would
# walk through all folders of packages anew: a fifth of the time of a small load.
if PathFinder.find_spec("dateutil") is None:
    for _asked in (
        "dateutil",
        "dateutil.relativedelta",
    ):  # the second by itself: the answer of its package takes as long again
        sys.modules.setdefault(_asked, None)  # type: ignore[arg-type]  # what the import system keeps for a module that is not there
