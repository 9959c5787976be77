"""`python -m gradviz` is the command line."""

import sys

from gradviz.cli import main

sys.exit(main())
