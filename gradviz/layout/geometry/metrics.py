"""Lengths of the drawing, in pixels at 100 %: one table for the layout, the scene and the exported pictures."""

from __future__ import annotations

from gradviz.model.graph.box_hierarchy import BADGE_SPAN as BADGE_SPAN
from gradviz.model.graph.box_hierarchy import BADGE_USES as BADGE_USES
from gradviz.model.graph.repeat_detection import LARGE_GRAPH as LARGE_GRAPH

# Nodes
NODE_HEIGHT = 44.0
NODE_LEAST_WIDTH = 96.0
NODE_PAD = 28.0
"""Both sides of a function's text together; an order mark (`↑ 12`, `#12`) finds room in `MARK_ROOM` beside it."""
MARK_ROOM = 34.0
NODE_SHARED_LEAST = 144.0
NODE_SHARED_WIDTH = 176.0
"""Functions up to this width all take the width of the widest of them."""
STRIPE = 5.0
RADIUS = 7.0
COMPACT_HEIGHT = 28.0
COMPACT_LEAST_WIDTH = 46.0
COMPACT_WIDTH = 172.0
"""Least width of all that computes in a large graph, so that a chain reads as one column."""
COMPACT_PAD = 26.0
ORDER_ROOM = 10.0
"""For a number of two digits behind the name of a view, beside what the pad leaves."""
COMPACT_VALUE_ROOM = 56.0
"""For the value at the right of a large graph's nodes (`1.3e-03`)."""
LEAF_HEIGHT = 46.0
LEAF_PAD = 22.0
"""Of a parameter's hexagon, on each side."""
LEAF_ORDER_ROOM = 8.0
"""More at its right: a number of two digits is between the name and the sides that meet in the tip."""
LEAF_PAD_COMPACT = 16.0
LEAF_POINT = 12.0
TAG_SIZE, TAG_PAD = 10.0, 14.0
"""Size of a tag's text, and how much wider the tag is."""
SLOT = 9.0
"""Diameter of one term of a shared parameter's sum."""
PILL_HEIGHT = 40.0
"""With one line of text; two lines need `NODE_HEIGHT`."""
PILL_PAD = 21.0
LOSS_LEAST_WIDTH = 144.0
BADGE_HEIGHT = 22.0
BADGE_PAD = 12.0
BADGE_ICON = 16.0
CORNER = 12.0
"""Cut from the upper right corner of a custom Function."""
CHIP_SIZE = 16.0
CHIP_AWAY = 10.0
"""At least, from a box to the middle of the chip with its output's number."""

# Clusters
CLUSTER_PAD = 12.0
CLUSTER_HEADER = 30.0
CLUSTER_RADIUS = 10.0
FOLDED_HEIGHT = 34.0
FOLDED_LEAST_WIDTH = 120.0
FOLD_ICON = 18.0
HEADER_STEP = 40.0
"""Clusters take their header's width in steps, so that siblings whose names differ by a digit share one layout."""

# Gaps
RANK_GAP = 32.0
RANK_GAP_COMPACT = 15.0
RANK_GAP_STEPS = 30.0
"""Where the turns of a loop are over each other, and lines go aslant from one to the next."""
CLUSTER_TRIM = 6.0
"""How far an open cluster may reach into the rank gaps around it: its own padding parts it from its neighbors."""
COLUMN_GAP = 24.0
ROW_GAP = 18.0
BADGE_GAP = 12.0
LABEL_GAP = 9.0
PORT_GAP = 14.0
MARGIN = 16.0
"""Around the whole drawing."""

# Text, in pixels
TITLE_SIZE = 13.0
SUBTITLE_SIZE = 11.0
LABEL_SIZE = 11.0
HEADER_SIZE = 12.0

# Where the drawing changes its manner. In a large graph all boxes are one line high and edges carry no labels.
DENSE_LINKS = 24
DENSE_LINKS_PER_ITEM = 2.2
"""Above both, a level's skips are led around it in lanes, and Graphviz places its chains alone."""
HURRIED_LINKS = 150
"""From so many lines on, Graphviz searches less long for the best drawing."""
TIDY_LEVEL = 200
"""Up to so many blocks in a level, looks come before speed."""
