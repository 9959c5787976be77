"""`python -m gradviz.layout_process` is the layout's worker process."""

import sys

from gradviz.layout_process.worker import main

sys.exit(main())
