"""What spark-submit runs, which takes a file and no module: `spark-submit … deploy/spark_run.py screen TABLE --engine spark -o RESULT`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from eligibility.cli import main

main()
