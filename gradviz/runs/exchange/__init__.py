"""Recorded runs in the formats of other programs, out and in. Imports the run files, files, errors; torch and Qt never.

`formats.export_run(reader, to)` and `formats.import_runs(path, folder)` are the door. A format is a row of the table
there, and a module here that writes the metrics of a run, reads them, or both.
"""
