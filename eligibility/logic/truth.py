"""The three truths of partial knowledge.

NO: cannot hold, whatever is still unknown. OPEN: depends on it. YES: holds whatever it is. The order is that of truth,
so the smallest decides "all" and the largest "any".
"""

from typing import Final

NO: Final = 0
OPEN: Final = 1
YES: Final = 2
