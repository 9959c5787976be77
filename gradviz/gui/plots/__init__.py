"""The loss plot, and the only folder that imports pyqtgraph. Imports gui/{style,widgets}.

From pyqtgraph come the view, its box, the axes and the path of a curve. Ours instead of its own parts:
- the curve item: drawn from the min-max pyramid in 3 ms, against 9 to 20 of a `PlotDataItem`;
- ticks: ranges end on them, and their texts have powers of ten and thousands;
- legend: `LegendItem` takes no focus and has no name for screen readers;
- tags and marks: a `TextItem` has no icon and no rounded ground, and none avoids another;
- exports: its exporters leave out our legend, and `SVGExporter` (0.14) fails on closed paths.
"""
