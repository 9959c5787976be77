"""`python -m gradviz` is the command line."""

import sys

from gradviz.cli.main import main

sys.exit(main())
