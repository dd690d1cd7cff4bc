"""`python -m model.runs`: list, stop, resume, rename and delete training runs."""

import sys

from model.runs.actions import main

sys.exit(main())
