"""`python -m gradviz.layout` is the layout's worker process."""

import sys

from gradviz.layout.worker import main

sys.exit(main())
