"""Recorded runs: a SQLite file for each, written as it goes, and their library. Imports client, model, protocol, files,
errors; never Qt or torch.

How others use it:

* `library.runs_folder(setting="") -> Path`, `library.RunLibrary(folder)`: `.runs() -> list[RunSummary]` (newest first;
  fast, from an index), `.problems: dict[Path, str]` (files left alone, after `runs()`), `.find(text) -> RunSummary`,
  `.open(run or id) -> RunReader`,
  `.points(run or id, "loss") -> Points` (of a branch, with its parent's before it),
  `.edit(run, name=, tags=, note=, color=) -> RunSummary`, `.delete(run)`,
  `.restore(id)`, `.deleted() -> ids`, `.prune(days, megabytes) -> Pruned` (its `str` is the sentence);
  `library.matches(run, text) -> bool` is the search. They wait for the disk: not for the window's thread.
* `run_reader.RunReader(path)`, a context manager: `.summary`, `.metrics -> {name: count}`, `.points("loss") -> Points`
  (arrays `steps`, `times`, `values`), `.events -> list[RunEvent]`, `.graph(step=None) -> GraphRecord | None`,
  `.graph_changes`, `.checkpoints -> list[CheckpointRow]`, `.checkpoint(number) -> bytes`. It reads live runs, too.
* `run_records`: `RunFacts` (what is known beside the numbers), `RunSummary(RunFacts)`, `Points`, `RunEvent`,
  `CheckpointRow`; `LOSS`, and `STATE`, the kind of checkpoint that does not keep a run from being let go.
* `recording.Recording(folder, RunFacts(id=new_id(), began=…), say)`, for one run, from any thread, never blocking or
  raising: `.add_point(metric, step, value)`, `.add_points(metric, steps, times, values)`,
  `.add_event(step, kind, text, data)`, `.add_graph(step, record)`, `.add_checkpoint(step, kind, data)`,
  `.set_facts(…)`, `.close(state)`. An import is a recording that is closed at once. `say(sentence)` is called once, in
  the writer's thread, if it cannot be written.
* `client_recorder.ClientRecorder(folder, origin, say)`: records whatever a client of an engine sends and receives, by
  `.sent(command)`, `.take(message)`, `.close()`; `.current` and `.recording(run)` are `Recording`s.
  `recorded_engine.RecordedEngine(recorder)` is an `EngineProcess` that feeds one.
* Errors are GradvizError with one sentence; of a file, `run_format.RunFileError`.

Every run file is data: nothing in it is executed, and no pickle is read.
"""
